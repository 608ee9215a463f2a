// Decoding of the two send headers: one walk over the ext fields, switching on the letter or on the long name.
#include "producer/remoting/headers/send_headers.h"

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

using std::string_view;

// Values are passed in registers: a view that goes through memory costs more than parsing it.
struct NumberReader {
  string_view* malformed;
  bool failed = false;

  void number(std::optional<std::int32_t>& field, string_view value) {
    field = text::parse_int32(value);
    if (!field) note(value);
  }
  void number(std::optional<std::int64_t>& field, string_view value) {
    field = text::parse_int64(value);
    if (!field) note(value);
  }
  void note(string_view value) {
    if (failed) return;
    failed = true;
    if (malformed != nullptr) *malformed = value;
  }
};

inline void read_letter(SendMessageRequestHeader& h, char letter, string_view value, NumberReader& r) {
  switch (letter) {
    case 'a':
      h.producer_group = value;
      break;
    case 'b':
      h.topic = value;
      break;
    case 'c':
      h.default_topic = value;
      break;
    case 'd':
      r.number(h.default_topic_queue_nums, value);
      break;
    case 'e':
      r.number(h.queue_id, value);
      break;
    case 'f':
      r.number(h.sys_flag, value);
      break;
    case 'g':
      r.number(h.born_timestamp, value);
      break;
    case 'h':
      r.number(h.flag, value);
      break;
    case 'i':
      h.properties = value;
      break;
    case 'j':
      r.number(h.reconsume_times, value);
      break;
    case 'k':
      h.unit_mode = text::parse_bool(value);
      break;
    case 'l':
      r.number(h.max_reconsume_times, value);
      break;
    case 'm':
      h.batch = text::parse_bool(value);
      break;
    case 'n':
      h.broker_name = value;
      break;
    default:
      break;
  }
}

void reset(SendMessageRequestHeader& h) {
  h.producer_group.reset();
  h.topic.reset();
  h.default_topic.reset();
  h.default_topic_queue_nums.reset();
  h.queue_id.reset();
  h.sys_flag.reset();
  h.born_timestamp.reset();
  h.flag.reset();
  h.properties.reset();
  h.reconsume_times.reset();
  h.unit_mode.reset();
  h.max_reconsume_times.reset();
  h.batch.reset();
  h.broker_name.reset();
}

// The letter of a long name, or 0.
char letter_of(string_view name) {
  switch (name.size()) {
    case 4:
      return name == "flag" ? 'h' : 0;
    case 5:
      return name == "topic" ? 'b' : name == "batch" ? 'm' : name == "bname" ? 'n' : 0;
    case 7:
      return name == "queueId" ? 'e' : name == "sysFlag" ? 'f' : 0;
    case 8:
      return name == "unitMode" ? 'k' : 0;
    case 10:
      return name == "properties" ? 'i' : 0;
    case 12:
      return name == "defaultTopic" ? 'c' : 0;
    case 13:
      return name == "producerGroup" ? 'a' : name == "bornTimestamp" ? 'g' : 0;
    case 14:
      return name == "reconsumeTimes" ? 'j' : 0;
    case 17:
      return name == "maxReconsumeTimes" ? 'l' : 0;
    case 21:
      return name == "defaultTopicQueueNums" ? 'd' : 0;
    default:
      return 0;
  }
}

}  // namespace

bool is_batch(const RemotingCommand& request) {
  switch (request.code) {
    case RequestCode::SEND_MESSAGE:
    case RequestCode::SEND_MESSAGE_V2:
    case RequestCode::SEND_BATCH_MESSAGE:
      return request.ext_fields.get_bool(send_header_form(request.code) == HeaderForm::letters ? "m" : "batch");
    default:
      return false;
  }
}

error_code SendMessageRequestHeader::from_ext(const ExtFields& ext, HeaderForm form, string_view* malformed) {
  reset(*this);
  NumberReader reader{malformed};
  for (std::size_t i = 0; i < ext.size(); ++i) {
    const string_view key = ext.key(i);
    const char letter = form == HeaderForm::long_names ? letter_of(key) : key.size() == 1 ? key[0] : '\0';
    read_letter(*this, letter, ext.value(i), reader);
  }
  if (reader.failed && form == HeaderForm::letters) return RemotingError::bad_field;
  return {};
}

error_code SendMessageResponseHeader::from_ext(const ExtFields& ext, string_view* malformed) {
  *this = {};
  NumberReader reader{malformed};
  for (std::size_t i = 0; i < ext.size(); ++i) {
    const string_view key = ext.key(i), value = ext.value(i);
    if (key == "msgId") {
      msg_id = value;
    } else if (key == "queueId") {
      reader.number(queue_id, value);
    } else if (key == "queueOffset") {
      reader.number(queue_offset, value);
    } else if (key == "transactionId") {
      transaction_id = value;
    } else if (key == "batchUniqId") {
      batch_uniq_id = value;
    } else if (key == "recallHandle") {
      recall_handle = value;
    } else if (key == "MSG_REGION") {
      msg_region = value;
    } else if (key == "TRACE_ON") {
      trace_on = value;
    }
  }
  if (reader.failed) return RemotingError::bad_field;
  return {};
}

}  // namespace rmqsim
