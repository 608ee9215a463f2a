// RocketMQ's Java client behind the protocol of tools/drivers/README.md: one source for rocketmq-client 4.9.8 and 5.3.3,
// whichever is in the class path. What only one of them has is found by reflection.
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.MessageQueueSelector;
import org.apache.rocketmq.client.producer.RequestCallback;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.RPCHook;

public final class Driver {
  /** Those of DefaultMQProducer and ClientConfig that take a simple value; which of them there are, reflection tells. */
  private static final String[] SETTINGS = {
    "sendMsgTimeout", "sendMsgMaxTimeoutPerRequest", "retryTimesWhenSendFailed", "retryTimesWhenSendAsyncFailed",
    "retryAnotherBrokerWhenNotStoreOK", "maxMessageSize", "compressMsgBodyOverHowmuch", "createTopicKey",
    "defaultTopicQueueNums", "topics", "enableBackpressureForAsyncMode", "backPressureForAsyncSendNum",
    "backPressureForAsyncSendSize", "autoBatch", "batchMaxBytes", "batchMaxDelayMs", "totalBatchMaxBytes",
    "sendLatencyFaultEnable", "latencyMax", "notAvailableDuration", "startDetectorEnable", "detectInterval",
    "detectTimeout", "sendLatencyEnable", "clientIP", "instanceName", "unitName", "unitMode", "namespace",
    "namespaceV2", "clientCallbackExecutorThreads", "pollNameServerInterval", "heartbeatBrokerInterval",
    "persistConsumerOffsetInterval", "mqClientApiTimeout", "enableHeartbeatChannelEventListener", "useHeartbeatV2",
    "enableStreamRequestType", "useTLS", "vipChannelEnabled", "traceMsgBatchNum"};
  private static final boolean V5 = MQVersion.getVersionDesc(MQVersion.CURRENT_VERSION).startsWith("V5");
  private static final String INDEX = "org.apache.rocketmq.client.common.ThreadLocalIndex";

  private final PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false,
                                                  StandardCharsets.UTF_8);
  private final Map<String, DefaultMQProducer> producers = new ConcurrentHashMap<>();
  private final Map<DefaultMQProducer, Index> indexes = new ConcurrentHashMap<>();  // those that somebody fixes
  private final Map<Integer, ExecutorService> threads = new ConcurrentHashMap<>();
  private final Map<String, List<String>> checks = new ConcurrentHashMap<>();

  public static void main(String[] args) throws Exception {
    System.setProperty("rocketmq.client.logUseSlf4j", "true");
    System.setProperty("com.rocketmq.sendMessageWithVIPChannel", "false");
    new Driver().run();
  }

  private void run() throws Exception {
    System.setOut(System.err);  // what the client prints is for people
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      Map<String, Object> request;
      try {
        request = asObject(new Json(line).read());
      } catch (RuntimeException e) {
        say(object("error", "no request: " + e.getMessage()));
        continue;
      }
      String op = String.valueOf(request.get("op"));
      if (op.equals("bye")) {
        say(object("bye", true));
        break;
      }
      Runnable work = () -> {
        try {
          perform(op, request);
        } catch (Throwable e) {
          say(object("error", op + ": " + e));
        }
      };
      // What an application thread does happens in a thread of its own; the rest here, in order.
      if (!request.containsKey("i")) {
        work.run();
        continue;
      }
      int thread = (int) number(request.getOrDefault("thread", 0L));
      threads.computeIfAbsent(thread, n -> Executors.newSingleThreadExecutor()).execute(work);
    }
    System.exit(0);
  }

  private void perform(String op, Map<String, Object> request) throws Exception {
    switch (op) {
      case "hello": hello(); break;
      case "producer": make(request); break;
      case "start": answer("start", text(request, "producer"), () -> start(producer(request))); break;
      case "config": answer("config", text(request, "producer"), () -> set(producer(request), request)); break;
      case "shutdown": answer("shutdown", text(request, "producer"), () -> shutdown(producer(request))); break;
      case "send": send(request); break;
      case "transaction": transaction(request); break;
      case "request": ask(request); break;
      case "recall": recall(request); break;
      default: say(object("unsupported", "op " + op));
    }
  }

  private void hello() {
    rehearse();
    List<Object> features = new ArrayList<>(List.of("queue", "selector", "batch", "sendTimeout", "delayLevel",
        "transaction", "request", "setConfig", "lifecycle", "threads", "called"));
    if (method(Message.class, "setDelayTimeMs", 1) != null) features.add("delayTime");
    if (method(DefaultMQProducer.class, "recallMessage", 2) != null) features.add("recall");
    if (hook("a", "b", null) != null) features.add("credentials");
    if (scriptedIndex() != null) features.add("queueIndex");
    List<Object> settings = new ArrayList<>();
    for (String name : SETTINGS) {
      if (setter(name) != null) settings.add(name);
    }
    settings.add("enableTrace");
    settings.add("traceTopic");
    String version = MQVersion.getVersionDesc(MQVersion.CURRENT_VERSION).replace('_', '.').replaceFirst("^V", "");
    say(object("protocol", 1L, "client", "rocketmq-client", "version", version, "profile",
        V5 ? "java-5.3.3" : "java-4.9.8", "modes", List.of("sync", "async", "oneway"), "features", features,
        "settings", settings));
  }

  // ---- the rehearsal

  /** The first send of a process loads two thousand classes, and then takes longer than some scenarios give it. So there
      is one before them, to a nameserver and broker in this process. */
  private static void rehearse() {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      String address = "127.0.0.1:" + server.getLocalPort();
      inBackground(() -> {
        while (true) {
          Socket accepted = server.accept();
          inBackground(() -> serve(accepted, address));
        }
      });
      DefaultMQProducer producer = new DefaultMQProducer("rehearsal");
      producer.setNamesrvAddr(address);
      producer.setInstanceName("rehearsal");
      producer.start();
      try {
        producer.send(new Message("Rehearsal", "TagA", new byte[16]));
      } finally {
        inBackground(producer::shutdown);  // it waits three seconds for an event that does not come
      }
    } catch (Exception e) {
      System.err.println("The rehearsal failed; the first send may be late: " + e);
    }
  }

  private static void inBackground(Doing doing) {
    Thread thread = new Thread(() -> {
      try {
        doing.run();
      } catch (Exception e) {
        return;  // the rehearsal is over
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  /** Answers each request with success: one for a route (105) with this server, as a broker, the others as if stored. */
  private static void serve(Socket socket, String address) throws Exception {
    try (socket; DataInputStream in = new DataInputStream(socket.getInputStream());
         OutputStream to = socket.getOutputStream()) {
      while (true) {
        byte[] frame = in.readNBytes(in.readInt());
        int length = ByteBuffer.wrap(frame).getInt() & 0xffffff;
        Map<String, Object> request = asObject(new Json(new String(frame, 4, length, StandardCharsets.UTF_8)).read());
        String body = number(request.get("code")) != 105 ? "" : "{\"brokerDatas\":[{\"brokerAddrs\":{\"0\":\"" + address
            + "\"},\"brokerName\":\"b\",\"cluster\":\"c\"}],\"filterServerTable\":{},\"queueDatas\":[{\"brokerName\":\"b\","
            + "\"perm\":6,\"readQueueNums\":1,\"topicSysFlag\":0,\"writeQueueNums\":1}]}";
        StringBuilder header = new StringBuilder();
        Json.write(object("code", 0L, "flag", 1L, "language", "JAVA", "opaque", request.get("opaque"),
            "serializeTypeCurrentRPC", "JSON", "version", 0L,
            "extFields", object("msgId", "0", "queueId", "0", "queueOffset", "0")), header);
        byte[] headerBytes = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] bodyBytes = body.getBytes(StandardCharsets.UTF_8);
        to.write(ByteBuffer.allocate(8 + headerBytes.length + bodyBytes.length)
            .putInt(4 + headerBytes.length + bodyBytes.length).putInt(headerBytes.length).put(headerBytes)
            .put(bodyBytes).array());
      }
    }
  }

  // ---- producers

  private void make(Map<String, Object> request) {
    String name = text(request, "name");
    if (producers.containsKey(name)) throw new IllegalArgumentException("there is a producer " + name + " already");
    answer("producer", name, () -> {
      Map<String, Object> config = asObject(request.get("config"));
      Map<String, Object> credentials =
          request.containsKey("credentials") ? asObject(request.get("credentials")) : Map.of();
      RPCHook hook = credentials.isEmpty() ? null
          : hook(text(credentials, "accessKey"), text(credentials, "secretKey"),
                 (String) credentials.get("securityToken"));
      Index index = indexOf(request);
      if (scriptedIndex() != null) index.follow();
      String group = text(request, "group");
      boolean trace = Boolean.TRUE.equals(config.get("enableTrace"));
      String traceTopic = (String) config.get("traceTopic");
      DefaultMQProducer producer = Boolean.TRUE.equals(request.get("transactions"))
          ? new TransactionMQProducer(group, hook)
          : new DefaultMQProducer(group, hook, trace, traceTopic);
      if (producer instanceof TransactionMQProducer) ((TransactionMQProducer) producer).setTransactionListener(listener);
      producer.setNamesrvAddr(text(request, "namesrv"));
      oneThreadEach(producer);
      set(producer, request);
      indexes.put(producer, index);
      producers.put(name, producer);
      if (!Boolean.FALSE.equals(request.get("start"))) start(producer);
    });
  }

  private static void set(DefaultMQProducer producer, Map<String, Object> request) throws Exception {
    for (Map.Entry<String, Object> one : asObject(request.get("config")).entrySet()) {
      if (one.getKey().equals("enableTrace") || one.getKey().equals("traceTopic")) continue;
      Method setter = setter(one.getKey());
      if (setter == null) throw new IllegalArgumentException("no setting " + one.getKey());
      try {
        setter.invoke(producer, as(setter.getParameterTypes()[0], one.getValue()));
      } catch (InvocationTargetException e) {
        throw (Exception) e.getCause();
      }
    }
  }

  /** With the ThreadLocalIndex beside this source: where round-robin begins. */
  private static final class Index {
    final int start;
    final int[] resets;
    String instance;  // of the running producers that have it

    Index(int start, int[] resets) {
      this.start = start;
      this.resets = resets;
    }
    void follow() throws ReflectiveOperationException {
      scriptedIndex().invoke(null, start, resets);
    }
  }

  private static Index indexOf(Map<String, Object> request) {
    Map<String, Object> index = asObject(request.getOrDefault("queueIndex", Map.of()));
    List<?> resets = (List<?>) index.getOrDefault("resets", List.of());
    return new Index((int) number(index.getOrDefault("start", 0L)),
                     resets.stream().mapToInt(value -> (int) number(value)).toArray());
  }

  /** A topic's round-robin is of an instance, which does what its first producer said. */
  private void start(DefaultMQProducer producer) throws Exception {
    String instance = producer.buildMQClientId();
    for (Index other : indexes.values()) {
      if (instance.equals(other.instance)) indexes.put(producer, other);
    }
    follow(producer);
    producer.start();
    indexes.get(producer).instance = producer.buildMQClientId();  // it may have got a name of its own
  }

  private void shutdown(DefaultMQProducer producer) {
    producer.shutdown();
    Index index = indexes.remove(producer);
    if (index != null && !indexes.containsValue(index)) index.instance = null;
  }

  private void follow(DefaultMQProducer producer) {
    try {
      if (scriptedIndex() != null && indexes.containsKey(producer)) indexes.get(producer).follow();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One thread for asynchronous sends and one for callbacks: each has a round-robin of its own, and which of several
      takes a send is chance. */
  private static void oneThreadEach(DefaultMQProducer producer) {
    producer.setClientCallbackExecutorThreads(1);
    // Not setAsyncSenderExecutor: who sets one keeps it beyond the producer's shutdown, which the client's own goes with.
    ThreadPoolExecutor senders = (ThreadPoolExecutor) producer.getDefaultMQProducerImpl().getAsyncSenderExecutor();
    senders.setCorePoolSize(1);
    senders.setMaximumPoolSize(1);
  }

  private static Method scriptedIndex() {
    try {
      return Class.forName(INDEX).getMethod("script", int.class, int[].class);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static RPCHook hook(String accessKey, String secretKey, String securityToken) {
    try {
      Class<?> credentials = Class.forName("org.apache.rocketmq.acl.common.SessionCredentials");
      Object pair = securityToken == null
          ? credentials.getConstructor(String.class, String.class).newInstance(accessKey, secretKey)
          : credentials.getConstructor(String.class, String.class, String.class)
              .newInstance(accessKey, secretKey, securityToken);
      Constructor<?> hook = Class.forName("org.apache.rocketmq.acl.common.AclClientRPCHook").getConstructor(credentials);
      return (RPCHook) hook.newInstance(pair);
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  // ---- sends

  private interface Sending {
    SendResult send() throws Throwable;
  }

  private void send(Map<String, Object> request) throws Exception {
    Map<String, Object> begun = begin(request);
    DefaultMQProducer producer = producer(request);
    String mode = text(request, "mode");
    List<Message> batch = batch(request);
    Message message = batch == null ? messageOf(request, request) : null;
    Long timeout = request.containsKey("timeoutMs") ? number(request.get("timeoutMs")) : null;
    MessageQueue queue = queueOf(request);
    MessageQueueSelector selector = selectorOf(request);
    if (mode.equals("oneway")) {
      result(begun, message, batch, () -> {
        if (queue != null) producer.sendOneway(message, queue);
        else if (selector != null) producer.sendOneway(message, selector, null);
        else producer.sendOneway(message);
        return null;
      });
      return;
    }
    if (mode.equals("sync")) {
      result(begun, message, batch, () -> {
        if (batch != null) {
          if (queue != null) return timeout == null ? producer.send(batch, queue) : producer.send(batch, queue, timeout);
          return timeout == null ? producer.send(batch) : producer.send(batch, timeout);
        }
        if (queue != null) {
          return timeout == null ? producer.send(message, queue) : producer.send(message, queue, timeout);
        }
        if (selector != null) {
          return timeout == null ? producer.send(message, selector, null)
              : producer.send(message, selector, null, timeout);
        }
        return timeout == null ? producer.send(message) : producer.send(message, timeout);
      });
      return;
    }
    if (!mode.equals("async")) {
      say(object("unsupported", "mode " + mode));
      return;
    }
    AtomicBoolean answered = new AtomicBoolean();
    SendCallback callback = new SendCallback() {
      @Override
      public void onSuccess(SendResult sent) {
        if (answered.getAndSet(true)) say(object("i", begun.get("i"), "callback", "RESULT"));
        else said(begun, message, batch, sent, null);
      }
      @Override
      public void onException(Throwable e) {
        if (answered.getAndSet(true)) say(object("i", begun.get("i"), "callback", "EXCEPTION"));
        else said(begun, message, batch, null, e);
      }
    };
    try {
      if (batch != null) {
        if (queue != null && timeout != null) producer.send(batch, queue, callback, timeout);
        else if (queue != null) producer.send(batch, queue, callback);
        else if (timeout != null) producer.send(batch, callback, timeout);
        else producer.send(batch, callback);
      } else if (queue != null) {
        if (timeout == null) producer.send(message, queue, callback);
        else producer.send(message, queue, callback, timeout);
      } else if (selector != null) {
        if (timeout == null) producer.send(message, selector, null, callback);
        else producer.send(message, selector, null, callback, timeout);
      } else if (timeout == null) {
        producer.send(message, callback);
      } else {
        producer.send(message, callback, timeout);
      }
    } catch (Throwable e) {
      if (!answered.getAndSet(true)) said(begun, message, batch, null, e);
    }
    say(object("i", begun.get("i"), "called", true));
  }

  private void result(Map<String, Object> begun, Message message, List<Message> batch, Sending sending) {
    try {
      said(begun, message, batch, sending.send(), null);
    } catch (Throwable e) {
      said(begun, message, batch, null, e);
    }
  }

  private void said(Map<String, Object> begun, Message message, List<Message> batch, SendResult sent, Throwable failure) {
    Map<String, Object> answer = end(begun, failure);
    if (failure == null) answer.put("outcome", sent == null ? "SENT" : sent.getSendStatus().name());
    String key = message == null ? keysOf(batch) : message.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX);
    if (sent != null) {
      answer.put("broker", sent.getMessageQueue().getBrokerName());
      answer.put("queueId", (long) sent.getMessageQueue().getQueueId());
      key = sent.getMsgId();
      Method handle = method(SendResult.class, "getRecallHandle", 0);
      if (handle != null) {
        try {
          Object value = handle.invoke(sent);
          if (value != null) answer.put("recallHandle", value);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    if (key != null) answer.put("msgId", key);
    say(answer);
  }

  private static String keysOf(List<Message> batch) {
    StringBuilder keys = new StringBuilder();
    for (Message one : batch) {
      String key = one.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX);
      if (key == null) return null;
      keys.append(keys.length() == 0 ? "" : ",").append(key);
    }
    return keys.toString();
  }

  // ---- transactions

  private final TransactionListener listener = new TransactionListener() {
    @Override
    public LocalTransactionState executeLocalTransaction(Message message, Object arg) {
      Map<String, Object> request = asObject(arg);
      List<String> words = new ArrayList<>();
      for (Object word : (List<?>) request.getOrDefault("check", List.of())) words.add((String) word);
      checks.put(message.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX), words);
      try {
        Thread.sleep(number(request.getOrDefault("localMs", 0L)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      request.put("ran", true);
      return stateOf(text(request, "local"));
    }
    @Override
    public LocalTransactionState checkLocalTransaction(MessageExt message) {
      List<String> words = checks.get(message.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX));
      if (words == null || words.isEmpty()) return LocalTransactionState.UNKNOW;
      String word;
      synchronized (words) {
        word = words.size() > 1 ? words.remove(0) : words.get(0);
      }
      return stateOf(word);
    }
  };

  private static LocalTransactionState stateOf(String word) {
    switch (word) {
      case "commit": return LocalTransactionState.COMMIT_MESSAGE;
      case "rollback": return LocalTransactionState.ROLLBACK_MESSAGE;
      case "throw": throw new IllegalStateException("the scenario says so");
      default: return LocalTransactionState.UNKNOW;
    }
  }

  private void transaction(Map<String, Object> request) {
    Map<String, Object> begun = begin(request);
    Message message = messageOf(request, request);
    SendResult sent = null;
    Throwable failure = null;
    try {
      sent = producer(request).sendMessageInTransaction(message, request);
    } catch (Throwable e) {
      failure = e;
    }
    Map<String, Object> answer = end(begun, failure);
    if (sent != null) {
      answer.put("outcome", sent.getSendStatus().name());
      answer.put("broker", sent.getMessageQueue().getBrokerName());
      answer.put("queueId", (long) sent.getMessageQueue().getQueueId());
    }
    if (Boolean.TRUE.equals(request.get("ran"))) answer.put("local", text(request, "local"));
    String key = message.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX);
    if (key != null) answer.put("msgId", key);
    say(answer);
  }

  // ---- requests and recalls

  private void ask(Map<String, Object> request) {
    Map<String, Object> begun = begin(request);
    DefaultMQProducer producer = producer(request);
    Message message = messageOf(request, request);
    long timeout = number(request.get("timeoutMs"));
    MessageQueue queue = queueOf(request);
    MessageQueueSelector selector = selectorOf(request);
    if (text(request, "mode").equals("sync")) {
      try {
        Message reply = queue != null ? producer.request(message, queue, timeout)
            : selector != null ? producer.request(message, selector, null, timeout) : producer.request(message, timeout);
        replied(begun, message, reply, null);
      } catch (Throwable e) {
        replied(begun, message, null, e);
      }
      return;
    }
    AtomicBoolean answered = new AtomicBoolean();
    RequestCallback callback = new RequestCallback() {
      @Override
      public void onSuccess(Message reply) {
        say(object("i", begun.get("i"), "callback", reply == null ? "STORED" : "REPLY"));
        if (reply != null && !answered.getAndSet(true)) replied(begun, message, reply, null);
      }
      @Override
      public void onException(Throwable e) {
        say(object("i", begun.get("i"), "callback", "EXCEPTION"));
        if (!answered.getAndSet(true)) replied(begun, message, null, e);
      }
    };
    try {
      if (queue != null) producer.request(message, queue, callback, timeout);
      else if (selector != null) producer.request(message, selector, null, callback, timeout);
      else producer.request(message, callback, timeout);
    } catch (Throwable e) {
      say(object("i", begun.get("i"), "callback", "THROWN"));
      if (!answered.getAndSet(true)) replied(begun, message, null, e);
    }
    say(object("i", begun.get("i"), "called", true));
  }

  private void replied(Map<String, Object> begun, Message message, Message reply, Throwable failure) {
    Map<String, Object> answer = end(begun, failure);
    if (reply != null) {
      answer.put("outcome", "REPLY");
      answer.put("reply", Base64.getEncoder().encodeToString(reply.getBody()));
    }
    String key = message.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX);
    if (key != null) answer.put("msgId", key);
    say(answer);
  }

  private void recall(Map<String, Object> request) {
    Method recalls = method(DefaultMQProducer.class, "recallMessage", 2);
    if (recalls == null) {
      say(object("unsupported", "recall"));
      return;
    }
    Map<String, Object> begun = begin(request);
    Throwable failure = null;
    try {
      recalls.invoke(producer(request), text(request, "topic"), text(request, "handle"));
    } catch (InvocationTargetException e) {
      failure = e.getCause();
    } catch (ReflectiveOperationException e) {
      failure = e;
    }
    Map<String, Object> answer = end(begun, failure);
    if (failure == null) answer.put("outcome", "RECALLED");
    say(answer);
  }

  // ---- parts

  private DefaultMQProducer producer(Map<String, Object> request) {
    DefaultMQProducer producer = producers.get(text(request, "producer"));
    if (producer == null) throw new IllegalArgumentException("there is no producer " + request.get("producer"));
    follow(producer);
    return producer;
  }

  private static Message messageOf(Map<String, Object> request, Map<String, Object> part) {
    Message message = new Message(text(request, "topic"), text(part, "tags"), Base64.getDecoder().decode(text(part, "body")));
    List<String> keys = new ArrayList<>();
    for (Object key : (List<?>) part.getOrDefault("keys", List.of())) keys.add((String) key);
    if (!keys.isEmpty()) message.setKeys(keys);
    for (Map.Entry<String, Object> one : asObject(part.getOrDefault("properties", Map.of())).entrySet()) {
      message.putUserProperty(one.getKey(), (String) one.getValue());
    }
    if (part.containsKey("delayLevel")) message.setDelayTimeLevel((int) number(part.get("delayLevel")));
    if (part.containsKey("delayMs")) {
      try {
        method(Message.class, "setDelayTimeMs", 1).invoke(message, number(part.get("delayMs")));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return message;
  }

  private static List<Message> batch(Map<String, Object> request) {
    if (!request.containsKey("batch")) return null;
    List<Message> batch = new ArrayList<>();
    for (Object part : (List<?>) request.get("batch")) batch.add(messageOf(request, asObject(part)));
    return batch;
  }

  private static MessageQueue queueOf(Map<String, Object> request) {
    if (!request.containsKey("queue")) return null;
    Map<String, Object> queue = asObject(request.get("queue"));
    return new MessageQueue(text(request, "topic"), text(queue, "broker"), (int) number(queue.get("queueId")));
  }

  private static MessageQueueSelector selectorOf(Map<String, Object> request) {
    if (!request.containsKey("selector")) return null;
    Map<String, Object> selector = asObject(request.get("selector"));
    long arg = number(selector.getOrDefault("arg", 0L));
    boolean hash = text(selector, "kind").equals("hash");
    return (queues, message, unused) -> {
      int n = queues.size();
      return queues.get((int) (hash ? Math.abs(arg % n) : Math.floorMod(arg, (long) n)));
    };
  }

  private static Map<String, Object> begin(Map<String, Object> request) {
    return object("i", request.get("i"), "begin", System.nanoTime());
  }

  private static Map<String, Object> end(Map<String, Object> begun, Throwable failure) {
    double elapsed = (System.nanoTime() - (Long) begun.get("begin")) / 1e6;
    Map<String, Object> answer = object("i", begun.get("i"), "elapsedMs", elapsed);
    if (failure != null) {
      answer.put("outcome", "EXCEPTION");
      answer.put("exception", exceptionOf(failure));
    }
    return answer;
  }

  private interface Doing {
    void run() throws Exception;
  }

  private void answer(String what, String name, Doing doing) {
    Map<String, Object> answer = object(what, name);
    try {
      doing.run();
    } catch (Throwable e) {
      answer.put("exception", exceptionOf(e));
    }
    say(answer);
  }

  private static Map<String, Object> exceptionOf(Throwable e) {
    Map<String, Object> exception = object("type", e.getClass().getSimpleName(), "message", String.valueOf(e.getMessage()));
    Method code = method(e.getClass(), "getResponseCode", 0);  // of the client's own; they have no base in common
    try {
      if (code != null) exception.put("responseCode", number(code.invoke(e)));
    } catch (ReflectiveOperationException unheard) {
      throw new IllegalStateException(unheard);
    }
    return exception;
  }

  /** Most are called `setAutoBatch`; those of the accumulator `batchMaxBytes`. */
  private static Method setter(String name) {
    Method setter = method(DefaultMQProducer.class, "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1), 1);
    return setter != null ? setter : method(DefaultMQProducer.class, name, 1);
  }

  private static Method method(Class<?> in, String name, int parameters) {
    for (Method method : in.getMethods()) {
      if (method.getName().equals(name) && method.getParameterCount() == parameters) return method;
    }
    return null;
  }

  /** A value of JSON as a setter takes it. */
  private static Object as(Class<?> type, Object value) {
    if (type == int.class) return (int) number(value);
    if (type == long.class) return number(value);
    if (type == long[].class) {
      List<?> list = (List<?>) value;
      Object array = Array.newInstance(long.class, list.size());
      for (int k = 0; k < list.size(); ++k) Array.setLong(array, k, number(list.get(k)));
      return array;
    }
    return value;
  }

  private void say(Map<String, Object> answer) {
    StringBuilder line = new StringBuilder();
    Json.write(answer, line);
    synchronized (out) {
      out.print(line.append('\n'));
      out.flush();
    }
  }

  private static Map<String, Object> object(Object... pairs) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int k = 0; k < pairs.length; k += 2) object.put((String) pairs[k], pairs[k + 1]);
    return object;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asObject(Object value) {
    return (Map<String, Object>) value;
  }

  private static String text(Map<String, Object> object, String name) {
    return (String) object.get(name);
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }

  /** As much of JSON as the protocol needs; objects as maps, whole numbers as Long. */
  private static final class Json {
    private final String text;
    private int at;

    Json(String text) {
      this.text = text;
    }

    Object read() {
      skip();
      char c = peek();
      if (c == '{') return readObject();
      if (c == '[') return readArray();
      if (c == '"') return readText();
      for (Object word : new Object[] {true, false}) {
        if (text.startsWith(word.toString(), at)) {
          at += word.toString().length();
          return word;
        }
      }
      if (text.startsWith("null", at)) {
        at += 4;
        return null;
      }
      int from = at;
      while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) ++at;
      String digits = text.substring(from, at);
      return digits.matches("-?\\d+") ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
    }

    private Map<String, Object> readObject() {
      Map<String, Object> object = new LinkedHashMap<>();
      expect('{');
      for (skip(); peek() != '}'; skip()) {
        if (!object.isEmpty()) expect(',');
        skip();
        String name = readText();
        skip();
        expect(':');
        object.put(name, read());
      }
      expect('}');
      return object;
    }

    private List<Object> readArray() {
      List<Object> array = new ArrayList<>();
      expect('[');
      for (skip(); peek() != ']'; skip()) {
        if (!array.isEmpty()) expect(',');
        array.add(read());
      }
      expect(']');
      return array;
    }

    private String readText() {
      StringBuilder out = new StringBuilder();
      for (expect('"'); peek() != '"'; ) {
        char c = text.charAt(at++);
        if (c != '\\') {
          out.append(c);
          continue;
        }
        char escaped = text.charAt(at++);
        int known = "nrtbf".indexOf(escaped);
        if (escaped == 'u') {
          out.append((char) Integer.parseInt(text.substring(at, at += 4), 16));
        } else {
          out.append(known < 0 ? escaped : "\n\r\t\b\f".charAt(known));
        }
      }
      expect('"');
      return out.toString();
    }

    private void skip() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) ++at;
    }

    private char peek() {
      if (at >= text.length()) throw new IllegalArgumentException("the line ends too early");
      return text.charAt(at);
    }

    private void expect(char c) {
      if (peek() != c) throw new IllegalArgumentException("expected " + c + " at " + at);
      ++at;
    }

    static void write(Object value, StringBuilder out) {
      if (value instanceof Map) {
        String before = "{";
        for (Map.Entry<?, ?> one : ((Map<?, ?>) value).entrySet()) {
          out.append(before);
          write(one.getKey(), out);
          out.append(':');
          write(one.getValue(), out);
          before = ",";
        }
        out.append(before.equals("{") ? "{}" : "}");
      } else if (value instanceof List) {
        String before = "[";
        for (Object one : (List<?>) value) {
          out.append(before);
          write(one, out);
          before = ",";
        }
        out.append(before.equals("[") ? "[]" : "]");
      } else if (value instanceof String) {
        out.append('"');
        for (char c : ((String) value).toCharArray()) {
          if (c == '"' || c == '\\') out.append('\\').append(c);
          else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
          else out.append(c);
        }
        out.append('"');
      } else {
        out.append(value);
      }
    }
  }
}
