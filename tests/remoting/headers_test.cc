// ExtFields and the typed headers: numbers, absence, both spellings, and the direct encoders.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "producer/remoting/headers/broker_headers.h"
#include "producer/remoting/headers/namesrv_headers.h"
#include "producer/remoting/headers/send_headers.h"

namespace rmqsim {
namespace {

using std::string_view;

TEST(ExtFields, KeepOrderAndReplaceInPlace) {
  ExtFields ext;
  ext.set("a", "1");
  ext.set("b", std::int64_t{-5});
  ext.set_bool("c", true);
  ext.set("a", "a much longer value");
  ext.set("b", "");
  ASSERT_EQ(ext.size(), 3u);
  EXPECT_EQ(ext[0], ExtFields::Entry("a", "a much longer value"));
  EXPECT_EQ(ext[1], ExtFields::Entry("b", ""));
  EXPECT_EQ(ext[2], ExtFields::Entry("c", "true"));
  ext.remove("b");
  EXPECT_EQ(ext.size(), 2u);
  EXPECT_FALSE(ext.contains("b"));
  ext.clear();
  EXPECT_TRUE(ext.empty());
}

TEST(ExtFields, AcceptViewsOfTheirOwnContent) {
  ExtFields ext;
  ext.set("a", "some value that is not short");
  for (int i = 0; i < 50; ++i) {
    ext.set("copy" + std::to_string(i), ext.get("a"));
    ext.append(ext.get("a"), ext.get("a"));
  }
  EXPECT_EQ(ext.get("copy49"), "some value that is not short");
  EXPECT_EQ(ext.get("some value that is not short"), "some value that is not short");
  ext.set("a", "x");
  ext.set("a", ext.get("copy0"));
  EXPECT_EQ(ext.get("a"), "some value that is not short");
}

TEST(ExtFields, ReadNumbersAndFlagsAsJavaDoes) {
  ExtFields ext;
  ext.set("max", "9223372036854775807");
  ext.set("over", "9223372036854775808");
  ext.set("plus", "+7");
  ext.set("minus", "-7");
  ext.set("blank", " 7");
  ext.set("empty", "");
  ext.set("real", "1.0");
  ext.set("sign", "+-1");
  ext.set("TRUE", "tRuE");
  ext.set("one", "1");
  EXPECT_EQ(ext.find_int("max"), INT64_MAX);
  EXPECT_EQ(ext.find_int("plus"), 7);
  EXPECT_EQ(ext.find_int("minus"), -7);
  for (const char* key : {"over", "blank", "empty", "real", "sign", "none"}) EXPECT_FALSE(ext.find_int(key)) << key;
  EXPECT_TRUE(ext.get_bool("TRUE"));
  EXPECT_FALSE(ext.get_bool("one"));
  EXPECT_FALSE(ext.get_bool("none"));
}

TEST(RemotingCommand, AnAnswerCopiesOpaqueAndSerialization) {
  RemotingCommand request = RemotingCommand::request(310, 479);
  request.opaque = 42;
  request.serialize_type = SerializeType::ROCKETMQ;
  const RemotingCommand answer = RemotingCommand::response_to(request, 2, "busy");
  EXPECT_EQ(answer.code, 2);
  EXPECT_EQ(answer.opaque, 42);
  EXPECT_TRUE(answer.is_response());
  EXPECT_FALSE(answer.is_oneway());
  EXPECT_EQ(answer.serialize_type, SerializeType::ROCKETMQ);
  EXPECT_EQ(answer.remark, "busy");
  EXPECT_FALSE(answer.has_ext_fields);
}

SendMessageRequestHeader full_header() {
  SendMessageRequestHeader h;
  h.producer_group = "PG";
  h.topic = "T";
  h.default_topic = "TBW102";
  h.default_topic_queue_nums = 4;
  h.queue_id = -1;
  h.sys_flag = 0x301;
  h.born_timestamp = 1700000000000;
  h.flag = INT32_MIN;
  h.properties =
      "UNIQ_KEY\x01"
      "x\x02";
  h.reconsume_times = 0;
  h.unit_mode = true;
  h.max_reconsume_times = 16;
  h.batch = false;
  h.broker_name = "broker-a";
  return h;
}

TEST(SendMessageRequestHeader, BothSpellingsRoundTrip) {
  for (const HeaderForm form : {HeaderForm::letters, HeaderForm::long_names}) {
    ExtFields ext;
    full_header().to_ext(ext, form);
    EXPECT_EQ(ext.size(), 14u);
    SendMessageRequestHeader read;
    EXPECT_FALSE(read.from_ext(ext, form));
    EXPECT_EQ(read, full_header());
  }
}

TEST(SendMessageRequestHeader, LongNamesAreThoseOfJava) {
  ExtFields ext;
  full_header().to_ext(ext, HeaderForm::long_names);
  const char* const names[] = {"producerGroup", "topic",          "defaultTopic",  "defaultTopicQueueNums",
                               "queueId",       "sysFlag",        "bornTimestamp", "flag",
                               "properties",    "reconsumeTimes", "unitMode",      "maxReconsumeTimes",
                               "batch",         "bname"};
  for (std::size_t i = 0; i < 14; ++i) EXPECT_EQ(ext[i].first, names[i]);
  ExtFields letters;
  full_header().to_ext(letters, HeaderForm::letters);
  for (std::size_t i = 0; i < 14; ++i) EXPECT_EQ(letters[i].first, std::string(1, static_cast<char>('a' + i)));
}

TEST(SendMessageRequestHeader, ThereIsNoFallbackBetweenTheSpellings) {
  ExtFields ext;
  full_header().to_ext(ext, HeaderForm::long_names);
  SendMessageRequestHeader read;
  EXPECT_FALSE(read.from_ext(ext, HeaderForm::letters));
  EXPECT_EQ(read, SendMessageRequestHeader{});
}

TEST(SendMessageRequestHeader, TheRequestCodeSelectsTheSpelling) {
  EXPECT_EQ(send_header_form(RequestCode::SEND_MESSAGE), HeaderForm::long_names);
  EXPECT_EQ(send_header_form(RequestCode::SEND_REPLY_MESSAGE), HeaderForm::long_names);
  EXPECT_EQ(send_header_form(RequestCode::SEND_MESSAGE_V2), HeaderForm::letters);
  EXPECT_EQ(send_header_form(RequestCode::SEND_BATCH_MESSAGE), HeaderForm::letters);
  EXPECT_EQ(send_header_form(RequestCode::SEND_REPLY_MESSAGE_V2), HeaderForm::letters);
}

TEST(SendMessageRequestHeader, ABatchIsWhatTheHeaderCallsOneWhateverTheCode) {
  const auto batch = [](std::int32_t code, const char* field, const char* value) {
    RemotingCommand request = RemotingCommand::request(code, MQVersion::V5_3_3);
    request.ext().set(field, value);
    return is_batch(request);
  };
  EXPECT_TRUE(batch(RequestCode::SEND_MESSAGE_V2, "m", "true"));
  EXPECT_TRUE(batch(RequestCode::SEND_BATCH_MESSAGE, "m", "TRUE"));
  EXPECT_TRUE(batch(RequestCode::SEND_MESSAGE, "batch", "true"));
  EXPECT_FALSE(batch(RequestCode::SEND_BATCH_MESSAGE, "m", "false"));
  EXPECT_FALSE(batch(RequestCode::SEND_BATCH_MESSAGE, "batch", "true"));
  EXPECT_FALSE(batch(RequestCode::SEND_REPLY_MESSAGE_V2, "m", "true")) << "replies are one by one";
}

TEST(SendMessageRequestHeader, AMalformedNumberIsAnErrorOnlyForLetters) {
  for (const string_view bad : {"abc", "", "2147483648", "1 "}) {
    ExtFields ext;
    ext.set("e", bad);
    ext.set("queueId", bad);
    ext.set("b", "T");
    SendMessageRequestHeader h;
    string_view malformed = "untouched";
    EXPECT_EQ(h.from_ext(ext, HeaderForm::letters, &malformed), RemotingError::bad_field);
    EXPECT_EQ(malformed, bad);
    EXPECT_FALSE(h.queue_id);
    EXPECT_EQ(h.topic, "T");
    EXPECT_FALSE(h.from_ext(ext, HeaderForm::long_names));
    EXPECT_FALSE(h.queue_id);
  }
}

TEST(SendMessageResponseHeader, MissingFieldsStayAbsent) {
  ExtFields ext;
  ext.set("msgId", "x");
  SendMessageResponseHeader h;
  EXPECT_FALSE(h.from_ext(ext));
  EXPECT_EQ(h.msg_id, "x");
  EXPECT_FALSE(h.queue_id);
  EXPECT_FALSE(h.queue_offset);
  ext.set("queueOffset", "nine");
  EXPECT_EQ(h.from_ext(ext), RemotingError::bad_field);
}

TEST(TypedEncoder, WritesTheBytesOfTheGeneralEncoder) {
  for (const SerializeType type : {SerializeType::JSON, SerializeType::ROCKETMQ}) {
    RemotingCommand c = RemotingCommand::request(RequestCode::SEND_MESSAGE_V2, 479);
    c.opaque = 9;
    c.serialize_type = type;
    c.remark = "a \"remark\"";
    c.body = "body";
    full_header().to_ext(c.ext(), HeaderForm::letters);
    c.ext().set("AccessKey", "ak");
    std::string expected, direct;
    encode(c, expected);
    ExtFields extra;
    extra.set("AccessKey", "ak");
    const FrameHead head{c.code, c.language, c.version, c.opaque, c.flag, "a \"remark\"", type};
    encode_frame(head, full_header(), HeaderForm::letters, "body", direct, &extra);
    EXPECT_EQ(direct, expected);

    SendMessageResponseHeader response;
    response.msg_id = "7F00000100002A9F0000000000003039";
    response.queue_id = 3;
    response.queue_offset = 42;
    response.trace_on = "true";
    RemotingCommand answer = RemotingCommand::response_to(c, 0);
    response.to_ext(answer.ext());
    expected.clear();
    direct.clear();
    encode(answer, expected);
    encode_frame({0, LanguageCode::JAVA, 0, 9, 1, std::nullopt, type}, response, direct);
    EXPECT_EQ(direct, expected);
  }
}

TEST(TypedEncoder, HugeTextsTakeTheHeapAndComeOutWhole) {
  const std::string properties(100'000, '\x01');
  SendMessageRequestHeader h = full_header();
  h.properties = properties;
  for (const SerializeType type : {SerializeType::JSON, SerializeType::ROCKETMQ}) {
    std::string out;
    encode_frame({310, LanguageCode::JAVA, 479, 1, 0, std::nullopt, type}, h, HeaderForm::letters, {}, out);
    RemotingCommand c;
    ASSERT_FALSE(decode(string_view(out).substr(4), c));
    EXPECT_EQ(c.ext_fields.get("i"), properties);
  }
}

TEST(TypedHeaders, MalformedAndMissingFieldsAreAbsentNotErrors) {
  ExtFields ext;
  ext.set("producerGroup", "g");
  ext.set("commitLogOffset", "12345");
  ext.set("tranStateTableOffset", "x");
  ext.set("commitOrRollback", "99999999999");
  ext.set("fromTransactionCheck", "1");
  const auto h = EndTransactionRequestHeader::from_ext(ext);
  EXPECT_EQ(h.producer_group, "g");
  EXPECT_EQ(h.commit_log_offset, 12345);
  EXPECT_FALSE(h.tran_state_table_offset);
  EXPECT_FALSE(h.commit_or_rollback);
  EXPECT_EQ(h.from_transaction_check, false);
  EXPECT_FALSE(h.topic);
}

TEST(TypedHeaders, OnlyPresentFieldsAreWritten) {
  ExtFields ext;
  KVConfigHeader kv;
  kv.namespace_ = "ORDER_TOPIC_CONFIG";
  kv.to_ext(ext);
  EXPECT_EQ(ext.size(), 1u);
  EXPECT_EQ(ext.get("namespace"), "ORDER_TOPIC_CONFIG");
  RegisterBrokerResponseHeader{}.to_ext(ext);
  EXPECT_EQ(ext.size(), 1u);
}

TEST(Codes, NamesAndNumbersInvertEachOther) {
  std::size_t n = 0;
  const string_view* names = request_code_names(n);
  for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(request_code_name(request_code_by_name(names[i]).value()), names[i]);
  names = response_code_names(n);
  for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(response_code_name(response_code_by_name(names[i]).value()), names[i]);
  EXPECT_EQ(request_code_name(9999), "9999");
  EXPECT_EQ(request_code_by_name("310"), 310);
  EXPECT_EQ(response_code_by_name("-1006"), -1006);
  EXPECT_FALSE(response_code_by_name("SYSTEM_BUSYX"));
  EXPECT_EQ(request_code_by_name("SEND_MESSAGE_V2"), 310);
}

}  // namespace
}  // namespace rmqsim
