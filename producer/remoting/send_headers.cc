// Decoding of the two send headers: one walk over the ext fields, switching on the letter or on the long name.
#include "producer/remoting/send_headers.h"

#include "producer/remoting/text.h"

namespace rmqsim {
namespace {

using std::string_view;

struct NumberReader {
  string_view value;
  string_view* malformed;
  bool failed = false;

  void number(std::optional<std::int32_t>& field) {
    field = text::parse_int32(value);
    note(field.has_value());
  }
  void number(std::optional<std::int64_t>& field) {
    field = text::parse_int64(value);
    note(field.has_value());
  }
  void flag(std::optional<bool>& field) { field = text::parse_bool(value); }
  void note(bool ok) {
    if (ok || failed) return;
    failed = true;
    if (malformed != nullptr) *malformed = value;
  }
};

void read_letter(SendMessageRequestHeader& h, char letter, NumberReader& r) {
  switch (letter) {
    case 'a': h.producer_group = r.value; break;
    case 'b': h.topic = r.value; break;
    case 'c': h.default_topic = r.value; break;
    case 'd': r.number(h.default_topic_queue_nums); break;
    case 'e': r.number(h.queue_id); break;
    case 'f': r.number(h.sys_flag); break;
    case 'g': r.number(h.born_timestamp); break;
    case 'h': r.number(h.flag); break;
    case 'i': h.properties = r.value; break;
    case 'j': r.number(h.reconsume_times); break;
    case 'k': r.flag(h.unit_mode); break;
    case 'l': r.number(h.max_reconsume_times); break;
    case 'm': r.flag(h.batch); break;
    case 'n': h.broker_name = r.value; break;
    default: break;
  }
}

// The letter of a long name, or 0.
char letter_of(string_view name) {
  switch (name.size()) {
    case 4: return name == "flag" ? 'h' : 0;
    case 5: return name == "topic" ? 'b' : name == "batch" ? 'm' : name == "bname" ? 'n' : 0;
    case 7: return name == "queueId" ? 'e' : name == "sysFlag" ? 'f' : 0;
    case 8: return name == "unitMode" ? 'k' : 0;
    case 10: return name == "properties" ? 'i' : 0;
    case 12: return name == "defaultTopic" ? 'c' : 0;
    case 13: return name == "producerGroup" ? 'a' : name == "bornTimestamp" ? 'g' : 0;
    case 14: return name == "reconsumeTimes" ? 'j' : 0;
    case 17: return name == "maxReconsumeTimes" ? 'l' : 0;
    case 21: return name == "defaultTopicQueueNums" ? 'd' : 0;
    default: return 0;
  }
}

}  // namespace

error_code SendMessageRequestHeader::from_ext(const ExtFields& ext, HeaderForm form, string_view* malformed) {
  *this = {};
  NumberReader reader{{}, malformed};
  for (std::size_t i = 0; i < ext.size(); ++i) {
    const auto [key, value] = ext[i];
    reader.value = value;
    if (form == HeaderForm::letters) {
      if (key.size() == 1) read_letter(*this, key[0], reader);
    } else {
      read_letter(*this, letter_of(key), reader);
    }
  }
  if (reader.failed && form == HeaderForm::letters) return RemotingError::bad_field;
  return {};
}

error_code SendMessageResponseHeader::from_ext(const ExtFields& ext, string_view* malformed) {
  *this = {};
  NumberReader reader{{}, malformed};
  for (std::size_t i = 0; i < ext.size(); ++i) {
    const auto [key, value] = ext[i];
    reader.value = value;
    if (key == "msgId") msg_id = value;
    else if (key == "queueId") reader.number(queue_id);
    else if (key == "queueOffset") reader.number(queue_offset);
    else if (key == "transactionId") transaction_id = value;
    else if (key == "batchUniqId") batch_uniq_id = value;
    else if (key == "recallHandle") recall_handle = value;
    else if (key == "MSG_REGION") msg_region = value;
    else if (key == "TRACE_ON") trace_on = value;
  }
  if (reader.failed) return RemotingError::bad_field;
  return {};
}

}  // namespace rmqsim
