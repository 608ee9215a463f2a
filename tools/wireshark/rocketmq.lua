-- Apache RocketMQ's remoting protocol for Wireshark and tshark, 3.6 and newer: frames with JSON and with ROCKETMQ
-- headers, requests matched to their answers, properties, message bodies, batches, stored records.
--
--   tshark -X lua_script:rocketmq.lua -r run.pcapng
--   cp rocketmq.lua ~/.local/lib/wireshark/plugins/        for good, in both
--
-- Ports are a preference (Edit > Preferences > Protocols > RocketMQ); on others a conversation is recognised by its
-- first frame. What a peer sends is believed in nothing: lengths are checked, texts are shown as they are.

local rocketmq = Proto("rocketmq", "Apache RocketMQ Remoting")

local REQUESTS = {
  [10] = "SEND_MESSAGE", [11] = "PULL_MESSAGE", [12] = "QUERY_MESSAGE", [14] = "QUERY_CONSUMER_OFFSET",
  [15] = "UPDATE_CONSUMER_OFFSET", [17] = "UPDATE_AND_CREATE_TOPIC", [21] = "GET_ALL_TOPIC_CONFIG",
  [26] = "GET_BROKER_CONFIG", [28] = "GET_BROKER_RUNTIME_INFO", [29] = "SEARCH_OFFSET_BY_TIMESTAMP",
  [30] = "GET_MAX_OFFSET", [31] = "GET_MIN_OFFSET", [32] = "GET_EARLIEST_MSG_STORETIME", [33] = "VIEW_MESSAGE_BY_ID",
  [34] = "HEART_BEAT", [35] = "UNREGISTER_CLIENT", [36] = "CONSUMER_SEND_MSG_BACK", [37] = "END_TRANSACTION",
  [38] = "GET_CONSUMER_LIST_BY_GROUP", [39] = "CHECK_TRANSACTION_STATE", [40] = "NOTIFY_CONSUMER_IDS_CHANGED",
  [41] = "LOCK_BATCH_MQ", [42] = "UNLOCK_BATCH_MQ", [46] = "CHECK_CLIENT_CONFIG", [100] = "PUT_KV_CONFIG",
  [101] = "GET_KV_CONFIG", [102] = "DELETE_KV_CONFIG", [103] = "REGISTER_BROKER", [104] = "UNREGISTER_BROKER",
  [105] = "GET_ROUTEINFO_BY_TOPIC", [106] = "GET_BROKER_CLUSTER_INFO", [200] = "UPDATE_AND_CREATE_SUBSCRIPTIONGROUP",
  [201] = "GET_ALL_SUBSCRIPTIONGROUP_CONFIG", [202] = "GET_TOPIC_STATS_INFO", [203] = "GET_CONSUMER_CONNECTION_LIST",
  [204] = "GET_PRODUCER_CONNECTION_LIST", [206] = "GET_ALL_TOPIC_LIST_FROM_NAMESERVER",
  [207] = "DELETE_SUBSCRIPTIONGROUP", [208] = "GET_CONSUME_STATS", [215] = "DELETE_TOPIC_IN_BROKER",
  [216] = "DELETE_TOPIC_IN_NAMESRV", [217] = "REGISTER_TOPIC_IN_NAMESRV", [219] = "GET_KVLIST_BY_NAMESPACE",
  [220] = "RESET_CONSUMER_CLIENT_OFFSET", [222] = "INVOKE_BROKER_TO_RESET_OFFSET", [224] = "GET_TOPICS_BY_CLUSTER",
  [300] = "QUERY_TOPIC_CONSUME_BY_WHO", [304] = "GET_SYSTEM_TOPIC_LIST_FROM_NS",
  [305] = "GET_SYSTEM_TOPIC_LIST_FROM_BROKER", [310] = "SEND_MESSAGE_V2", [319] = "GET_NAMESRV_CONFIG",
  [320] = "SEND_BATCH_MESSAGE", [322] = "QUERY_DATA_VERSION", [324] = "SEND_REPLY_MESSAGE",
  [325] = "SEND_REPLY_MESSAGE_V2", [326] = "PUSH_REPLY_MESSAGE_TO_CLIENT", [328] = "GET_ALL_PRODUCER_INFO",
  [343] = "QUERY_TOPICS_BY_CONSUMER", [351] = "GET_TOPIC_CONFIG", [352] = "GET_SUBSCRIPTIONGROUP_CONFIG",
  [361] = "LITE_PULL_MESSAGE", [370] = "RECALL_MESSAGE", [901] = "GET_BROKER_MEMBER_GROUP", [904] = "BROKER_HEARTBEAT",
}
local RESPONSES = {
  [0] = "SUCCESS", [1] = "SYSTEM_ERROR", [2] = "SYSTEM_BUSY", [3] = "REQUEST_CODE_NOT_SUPPORTED",
  [10] = "FLUSH_DISK_TIMEOUT", [11] = "SLAVE_NOT_AVAILABLE", [12] = "FLUSH_SLAVE_TIMEOUT", [13] = "MESSAGE_ILLEGAL",
  [14] = "SERVICE_NOT_AVAILABLE", [15] = "VERSION_NOT_SUPPORTED", [16] = "NO_PERMISSION", [17] = "TOPIC_NOT_EXIST",
  [19] = "PULL_NOT_FOUND", [20] = "PULL_RETRY_IMMEDIATELY", [21] = "PULL_OFFSET_MOVED", [22] = "QUERY_NOT_FOUND",
  [23] = "SUBSCRIPTION_PARSE_FAILED", [24] = "SUBSCRIPTION_NOT_EXIST", [25] = "SUBSCRIPTION_NOT_LATEST",
  [26] = "SUBSCRIPTION_GROUP_NOT_EXIST", [29] = "INVALID_PARAMETER", [204] = "NO_BUYER_ID",
  [205] = "NOT_IN_CURRENT_UNIT", [206] = "CONSUMER_NOT_ONLINE", [208] = "NO_MESSAGE", [215] = "FLOW_CONTROL",
  [604] = "ILLEGAL_OPERATION", [1500] = "GO_AWAY",
}
local LANGUAGES = {
  [0] = "JAVA", [1] = "CPP", [2] = "DOTNET", [3] = "PYTHON", [4] = "DELPHI", [5] = "ERLANG", [6] = "RUBY",
  [7] = "OTHER", [8] = "HTTP", [9] = "GO", [10] = "PHP", [11] = "OMS", [12] = "RUST", [13] = "NODE_JS",
}
-- What the letters of codes 310, 320 and 325 stand for.
local LETTERS = {
  a = "producerGroup", b = "topic", c = "defaultTopic", d = "defaultTopicQueueNums", e = "queueId", f = "sysFlag",
  g = "bornTimestamp", h = "flag", i = "properties", j = "reconsumeTimes", k = "unitMode", l = "maxReconsumeTimes",
  m = "batch", n = "bname",
}
local WITH_LETTERS = { [310] = true, [320] = true, [325] = true }
local SENDS = { [10] = true, [310] = true, [320] = true, [324] = true, [325] = true, [326] = true }

local HEADER_FORMS = { [0] = "JSON", [1] = "ROCKETMQ" }
local MAX_FRAME = 16777216
local MAX_DEPTH = 8
local MAX_ENTRIES = 1000

local f = {
  length = ProtoField.uint32("rocketmq.length", "Length", base.DEC, nil, nil, "Bytes after this field"),
  form = ProtoField.uint8("rocketmq.header.form", "Header form", base.DEC, HEADER_FORMS),
  header_length = ProtoField.uint24("rocketmq.header.length", "Header length", base.DEC),
  header = ProtoField.string("rocketmq.header", "Header"),
  request = ProtoField.int32("rocketmq.request", "Request", base.DEC, REQUESTS),
  response = ProtoField.int32("rocketmq.response", "Response", base.DEC, RESPONSES),
  name = ProtoField.string("rocketmq.name", "Name", base.ASCII, "Of the request, of an answer that of its code"),
  opaque = ProtoField.int32("rocketmq.opaque", "Opaque", base.DEC),
  flag = ProtoField.uint32("rocketmq.flag", "Flag", base.HEX),
  is_response = ProtoField.bool("rocketmq.flag.response", "Response", 32, nil, 0x1),
  is_oneway = ProtoField.bool("rocketmq.flag.oneway", "One-way", 32, nil, 0x2),
  language = ProtoField.string("rocketmq.language", "Language"),
  version = ProtoField.int32("rocketmq.version", "Version", base.DEC),
  remark = ProtoField.string("rocketmq.remark", "Remark"),
  field = ProtoField.string("rocketmq.field", "Field"),
  topic = ProtoField.string("rocketmq.topic", "Topic"),
  queue = ProtoField.int32("rocketmq.queue", "Queue", base.DEC),
  group = ProtoField.string("rocketmq.group", "Group"),
  property = ProtoField.string("rocketmq.property", "Property"),
  key = ProtoField.string("rocketmq.key", "Message key", base.ASCII, "That the client gave it (UNIQ_KEY)"),
  body = ProtoField.bytes("rocketmq.body", "Body"),
  text = ProtoField.string("rocketmq.text", "Text"),
  answered_in = ProtoField.framenum("rocketmq.answered_in", "Answered in", base.NONE, frametype.RESPONSE),
  answer_to = ProtoField.framenum("rocketmq.answer_to", "Answer to", base.NONE, frametype.REQUEST),
  time = ProtoField.relative_time("rocketmq.time", "Time since the request"),
}
local all = {}
for _, one in pairs(f) do all[#all + 1] = one end
rocketmq.fields = all

local bad = ProtoExpert.new("rocketmq.bad", "Not of the protocol", expert.group.MALFORMED, expert.severity.ERROR)
local refused = ProtoExpert.new("rocketmq.refused", "Refused", expert.group.RESPONSE_CODE, expert.severity.NOTE)
rocketmq.experts = { bad, refused }

rocketmq.prefs.ports = Pref.range("TCP ports", "9876,10909,10911", "Ports of nameservers and brokers", 65535)

-- ---- JSON, as much of it as a header is: an object of texts, numbers, words and one object of such

local function skip_blanks(text, at) return text:find("[^ \t\r\n]", at) or #text + 1 end

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64) end
  if code < 0x10000 then
    return string.char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
  end
  return string.char(0xF0 + math.floor(code / 262144), 0x80 + math.floor(code / 4096) % 64,
    0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
end

-- The text that begins with the quote at `at`, and what follows it; nil: it is none.
local function read_text(text, at)
  local quote = text:sub(at, at)
  local parts = {}
  local i = at + 1
  while true do
    local j = text:find('[\\' .. quote .. ']', i)
    if not j then return nil end
    parts[#parts + 1] = text:sub(i, j - 1)
    if text:sub(j, j) == quote then return table.concat(parts), j + 1 end
    local c = text:sub(j + 1, j + 1)
    i = j + 2
    if c == "u" then
      local code = tonumber(text:sub(j + 2, j + 5), 16)
      if not code then return nil end
      i = j + 6
      local low = code >= 0xD800 and code < 0xDC00 and text:match("^\\u(%x%x%x%x)", i)
      if low and tonumber(low, 16) >= 0xDC00 and tonumber(low, 16) < 0xE000 then
        code = 0x10000 + (code - 0xD800) * 1024 + tonumber(low, 16) - 0xDC00
        i = i + 6
      end
      parts[#parts + 1] = utf8_of(code)
    else
      parts[#parts + 1] = ESCAPES[c] or c
    end
  end
end

local read_value

local function read_object(text, at, depth)
  local object = {}
  local names = {}
  at = skip_blanks(text, at + 1)
  while text:sub(at, at) ~= "}" do
    local name
    local c = text:sub(at, at)
    if c == '"' or c == "'" then
      name, at = read_text(text, at)
    else
      name = text:match("^[%w_$]+", at)
      at = name and at + #name
    end
    if not name or #names >= MAX_ENTRIES then return nil end
    at = skip_blanks(text, at)
    if text:sub(at, at) ~= ":" then return nil end
    local value
    value, at = read_value(text, skip_blanks(text, at + 1), depth + 1)
    if value == nil then return nil end
    if object[name] == nil then names[#names + 1] = name end
    object[name] = value
    at = skip_blanks(text, at)
    if text:sub(at, at) == "," then at = skip_blanks(text, at + 1) elseif text:sub(at, at) ~= "}" then return nil end
  end
  return { values = object, names = names }, at + 1
end

local function read_list(text, at, depth)
  at = skip_blanks(text, at + 1)
  while text:sub(at, at) ~= "]" do
    local value
    value, at = read_value(text, at, depth + 1)
    if value == nil then return nil end
    at = skip_blanks(text, at)
    if text:sub(at, at) == "," then at = skip_blanks(text, at + 1) elseif text:sub(at, at) ~= "]" then return nil end
  end
  return "[…]", at + 1
end

read_value = function(text, at, depth)
  if depth > MAX_DEPTH then return nil end
  local c = text:sub(at, at)
  if c == '"' or c == "'" then return read_text(text, at) end
  if c == "{" then return read_object(text, at, depth) end
  if c == "[" then return read_list(text, at, depth) end
  local word = text:match("^[%w+%-.]+", at)
  if not word then return nil end
  return word, at + #word
end

-- ---- headers: a table with code, flag, opaque, language, version, remark, and fields in order

local function json_header(text)
  local at = skip_blanks(text, 1)
  if text:sub(at, at) ~= "{" then return nil end
  local object = read_object(text, at, 1)
  if not object then return nil end
  local values = object.values
  local function number(name) return math.floor(tonumber(values[name]) or 0) end
  local function word(name) return type(values[name]) == "string" and values[name] ~= "null" and values[name] or nil end
  local header = { code = number("code"), flag = number("flag") % 4294967296, opaque = number("opaque"),
    language = word("language"), version = number("version"), remark = word("remark"), fields = {} }
  local more = values.extFields
  if type(more) == "table" then
    for _, name in ipairs(more.names) do
      local value = more.values[name]
      if type(value) == "string" then header.fields[#header.fields + 1] = { name, value } end
    end
  end
  return header
end

local function binary_header(range)
  local size = range:len()
  if size < 21 then return nil end
  local header = { code = range(0, 2):int(), version = range(3, 2):int(), opaque = range(5, 4):int(),
    flag = range(9, 4):uint(), fields = {} }
  header.language = LANGUAGES[range(2, 1):uint()] or tostring(range(2, 1):uint())
  local remark = range(13, 4):int()
  if remark < 0 or 21 + remark > size then return nil end
  if remark > 0 then header.remark = range(17, remark):raw() end
  local at = 21 + remark
  local rest = range(17 + remark, 4):int()
  if rest < 0 or at + rest > size then return nil end
  local finish = at + rest
  while at < finish and #header.fields < MAX_ENTRIES do
    if at + 2 > finish then return nil end
    local name = range(at, 2):int()
    if name < 0 or at + 6 + name > finish then return nil end
    local value = range(at + 2 + name, 4):int()
    if value < 0 or at + 6 + name + value > finish then return nil end
    header.fields[#header.fields + 1] = { name > 0 and range(at + 2, name):raw() or "",
      value > 0 and range(at + 6 + name, value):raw() or "" }
    at = at + 6 + name + value
  end
  return header
end

-- ---- requests and their answers, by TCP stream, by who asks, and by opaque

local tcp_stream = Field.new("tcp.stream")
local open_requests, pairs_of

function rocketmq.init()
  open_requests = {}  -- key -> the request that waits
  pairs_of = {}       -- frame .. opaque -> {frame, time, code} of the other side
end

-- `asks`: the side that made the request.
local function pair_up(pinfo, header, is_response)
  local stream = tcp_stream()
  if not stream then return nil end
  local src, dst = tostring(pinfo.src) .. pinfo.src_port, tostring(pinfo.dst) .. pinfo.dst_port
  local key = tostring(stream.value) .. "/" .. (is_response and dst or src) .. "/" .. header.opaque
  local mine = pinfo.number .. "/" .. key .. (is_response and "/a" or "/r")
  if pinfo.visited then return pairs_of[mine] end
  if not is_response then
    open_requests[key] = { frame = pinfo.number, time = pinfo.rel_ts, code = header.code, mine = mine }
    return nil
  end
  local request = open_requests[key]
  if not request then return nil end
  open_requests[key] = nil
  pairs_of[mine] = request
  pairs_of[request.mine] = { frame = pinfo.number, time = pinfo.rel_ts, code = header.code }
  return request
end

-- ---- bodies

-- Wireshark ends a text at its first NUL, and tshark's terminal obeys control characters and those that turn the
-- direction of writing.
local function escaped(bytes) return (bytes:gsub(".", function(c) return ("\\x%02x"):format(c:byte()) end)) end
local function harmless(text)
  text = text:gsub("%z", "\\0"):gsub("%c", escaped):gsub("\194[\128-\159]", escaped)
  return (text:gsub("\226\128[\142\143\168-\174]", escaped):gsub("\226\129[\166-\169]", escaped))
end

local function add_properties(tree, range, text)
  for piece in (text .. "\2"):gmatch("(.-)\2") do
    local name, value = piece:match("^(.-)\1(.*)$")
    if name and name ~= "" then
      name, value = harmless(name), harmless(value)
      tree:add(f.property, range, name .. ": " .. value):set_text(name .. ": " .. value)
      if name == "UNIQ_KEY" then tree:add(f.key, range, value):set_generated() end
    end
  end
end

local function is_text(text)
  return #text > 0 and not text:find("[%z\1-\8\11\12\14-\31]")
end

local function add_body(tree, range, label)
  local item = tree:add(f.body, range)
  if label then item:prepend_text(label .. " ") end
  local text = range:raw()
  if is_text(text) then item:add(f.text, range, text) end
  return item
end

-- Entries of a batch: size, magic, crc, flag, body, properties.
local function add_batch(tree, range)
  local at, n = 0, 0
  while at + 22 <= range:len() and n < MAX_ENTRIES do
    local size = range(at, 4):uint()
    if size < 22 or at + size > range:len() then break end
    local body = range(at + 16, 4):uint()
    if 22 + body > size then break end
    local properties = range(at + 20 + body, 2):uint()
    if 22 + body + properties > size then break end
    local entry = tree:add(rocketmq, range(at, size), "Message " .. n)
    if body > 0 then add_body(entry, range(at + 20, body)) end
    if properties > 0 then
      local part = range(at + 22 + body, properties)
      add_properties(entry, part, part:raw())
    end
    at, n = at + size, n + 1
  end
  return n > 0 and at == range:len()
end

-- Records as brokers store them, which pulls and checks carry.
local function add_records(tree, range)
  local at, n = 0, 0
  while at + 91 <= range:len() and n < MAX_ENTRIES do
    local size, magic = range(at, 4):uint(), range(at + 4, 4):uint()
    local wide = magic == 0xDAA320AB
    if size < 91 or at + size > range:len() or not (wide or magic == 0xDAA320A7) then break end
    local record = range(at, size)
    local flags = record(36, 4):uint()
    local born = math.floor(flags / 16) % 2 == 1 and 20 or 8
    local store = math.floor(flags / 32) % 2 == 1 and 20 or 8
    local where = 48 + born + 8 + store + 12
    if where + 4 > size then break end
    local body = record(where, 4):uint()
    local topic_at = where + 4 + body
    local width = wide and 2 or 1
    if topic_at + width > size then break end
    local topic = record(topic_at, width):uint()
    local properties_at = topic_at + width + topic
    if properties_at + 2 > size then break end
    local item = tree:add(rocketmq, record, "Record " .. n)
    if topic > 0 then item:add(f.topic, record(topic_at + width, topic)) end
    item:add(f.queue, record(12, 4))
    if body > 0 then add_body(item, record(where + 4, body)) end
    local properties = record(properties_at, 2):uint()
    if properties > 0 and properties_at + 2 + properties <= size then
      local part = record(properties_at + 2, properties)
      add_properties(item, part, part:raw())
    end
    at, n = at + size, n + 1
  end
  return n > 0 and at == range:len()
end

local function add_message(tree, range, fields)
  local flags = tonumber(fields.sysFlag) or 0
  if fields.batch == "true" and add_batch(tree, range) then return end
  local kind = math.floor(flags / 256) % 8
  if flags % 2 == 1 and (kind == 0 or kind == 3) then
    local inflated = range:uncompress("message body")
    if inflated then
      tree:add(f.body, range):prepend_text("Compressed ")
      return add_body(tree, inflated:range(), "Inflated")
    end
  end
  add_body(tree, range)
end

-- One line, and no part of a character.
local function in_short(text)
  local short = text:gsub("%c", " ")
  if #short <= 80 then return short end
  return (short:sub(1, 80):gsub("[\192-\255][\128-\191]*$", "")) .. "…"
end

-- ---- a frame

local function frame_length(buffer, _, offset) return 4 + buffer(offset, 4):uint() end

local function dissect_frame(buffer, pinfo, root)
  pinfo.cols.protocol = "RocketMQ"
  local tree = root:add(rocketmq, buffer())
  local length = buffer(0, 4):uint()
  if buffer:len() < 8 or length < 4 or length + 4 > MAX_FRAME then
    tree:add_proto_expert_info(bad, "no length of a frame: " .. length)
    return buffer:len()
  end
  local form, size = buffer(4, 1):uint(), buffer(5, 3):uint()
  tree:add(f.length, buffer(0, 4))
  tree:add(f.form, buffer(4, 1))
  tree:add(f.header_length, buffer(5, 3))
  if size > length - 4 or size == 0 or not HEADER_FORMS[form] then
    tree:add_proto_expert_info(bad, "no header of a frame")
    return buffer:len()
  end
  local range = buffer(8, size)
  local header
  if form == 0 then header = json_header(range:raw()) else header = binary_header(range) end
  if not header then
    tree:add_proto_expert_info(bad, "the header cannot be read")
    return buffer:len()
  end
  local is_response = header.flag % 2 == 1
  local is_oneway = math.floor(header.flag / 2) % 2 == 1
  local other = pair_up(pinfo, header, is_response)
  local names = is_response and RESPONSES or REQUESTS
  local name = names[header.code] or tostring(header.code)

  local part = tree:add(f.header, range, form == 0 and range:raw() or ""):set_text("Header")
  part:add(is_response and f.response or f.request, range, header.code)
  part:add(f.name, range, name):set_generated()
  part:add(f.opaque, range, header.opaque)
  local flag = part:add(f.flag, range, header.flag)
  flag:add(f.is_response, range, header.flag)
  flag:add(f.is_oneway, range, header.flag)
  if header.language then part:add(f.language, range, header.language) end
  part:add(f.version, range, header.version)
  if header.remark then
    header.remark = harmless(header.remark)
    part:add(f.remark, range, header.remark)
  end
  local fields = {}
  for _, one in ipairs(header.fields) do
    local long = not is_response and WITH_LETTERS[header.code] and LETTERS[one[1]] or one[1]
    fields[long] = harmless(one[2])
    if long == "properties" then
      add_properties(part:add(f.field, range, long):set_text("properties"), range, one[2])
    else
      local shown = long .. (long ~= one[1] and " (" .. one[1] .. ")" or "") .. ": " .. harmless(one[2])
      part:add(f.field, range, shown):set_text(shown)
    end
  end
  if fields.topic then part:add(f.topic, range, fields.topic):set_generated() end
  if tonumber(fields.queueId) then part:add(f.queue, range, math.floor(tonumber(fields.queueId))):set_generated() end
  local group = fields.producerGroup or fields.consumerGroup
  if group then part:add(f.group, range, group):set_generated() end

  if length - 4 > size then
    local body = buffer(8 + size)
    local asked = is_response and other and other.code or header.code
    if not is_response and SENDS[asked] then
      add_message(tree, body, fields)
    elseif not add_records(tree, body) then
      add_body(tree, body)
    end
  end

  if other then
    tree:add(is_response and f.answer_to or f.answered_in, buffer(0, 0), other.frame):set_generated()
    if is_response then
      local took = math.floor((pinfo.rel_ts - other.time) * 1e9 + 0.5)
      tree:add(f.time, buffer(0, 0), NSTime.new(math.floor(took / 1e9), took % 1e9)):set_generated()
    end
  end
  if is_response and header.code ~= 0 then tree:add_proto_expert_info(refused, name) end

  local info = name .. " #" .. header.opaque
  if is_response and other then info = info .. " (" .. (REQUESTS[other.code] or other.code) .. ")" end
  if fields.topic then info = info .. " " .. fields.topic end
  if fields.queueId and not is_response then info = info .. "/" .. fields.queueId end
  if is_oneway and not is_response then info = info .. " one-way" end
  if header.remark then info = info .. " “" .. in_short(header.remark) .. "”" end
  tree:append_text(", " .. info)
  pinfo.cols.info:append((pinfo.private.rocketmq and ", " or "") .. info)
  pinfo.private.rocketmq = "yes"
  return buffer:len()
end

function rocketmq.dissector(buffer, pinfo, root)
  pinfo.cols.info:clear()
  pinfo.private.rocketmq = nil
  dissect_tcp_pdus(buffer, root, 8, frame_length, dissect_frame)
  return buffer:len()
end

-- ---- who it is for

local on_ports
local function choose_ports()
  local ports = DissectorTable.get("tcp.port")
  if on_ports then ports:remove(on_ports, rocketmq) end
  on_ports = rocketmq.prefs.ports
  ports:add(on_ports, rocketmq)
end
function rocketmq.prefs_changed() choose_ports() end
choose_ports()

rocketmq:register_heuristic("tcp", function(buffer, pinfo, root)
  if buffer:len() < 12 then return false end
  local length, form, size = buffer(0, 4):uint(), buffer(4, 1):uint(), buffer(5, 3):uint()
  if length + 4 > MAX_FRAME or size < 2 or size > length - 4 then return false end
  if form == 0 then
    if not buffer(8, math.min(buffer:len() - 8, 200)):raw():match('^%s*{%s*"?[%a]') then return false end
  elseif form ~= 1 or size < 21 or buffer:len() < 29 or buffer(17, 4):uint() > 3 then
    return false
  end
  pinfo.conversation = rocketmq
  rocketmq.dissector(buffer, pinfo, root)
  return true
end)
