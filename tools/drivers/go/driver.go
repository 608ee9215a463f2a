// rocketmq-client-go behind the protocol of tools/drivers/README.md: go run .
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
	"github.com/apache/rocketmq-client-go/v2/rlog"
)

type object = map[string]any

type message struct {
	Tags       string            `json:"tags"`
	Keys       []string          `json:"keys"`
	Properties map[string]string `json:"properties"`
	Body       string            `json:"body"`
	DelayLevel int               `json:"delayLevel"`
}

type request struct {
	Op          string             `json:"op"`
	I           *int64             `json:"i"`
	Name        string             `json:"name"`
	Producer    string             `json:"producer"`
	Group       string             `json:"group"`
	Namesrv     string             `json:"namesrv"`
	Config      map[string]any     `json:"config"`
	Credentials *map[string]string `json:"credentials"`
	Topic       string             `json:"topic"`
	Mode        string             `json:"mode"`
	Batch       []message          `json:"batch"`
	message
}

var (
	out       sync.Mutex
	producers = map[string]rocketmq.Producer{}
	statuses  = map[primitive.SendStatus]string{
		primitive.SendOK:                "SEND_OK",
		primitive.SendFlushDiskTimeout:  "FLUSH_DISK_TIMEOUT",
		primitive.SendFlushSlaveTimeout: "FLUSH_SLAVE_TIMEOUT",
		primitive.SendSlaveNotAvailable: "SLAVE_NOT_AVAILABLE",
	}
)

func say(answer object) {
	line, err := json.Marshal(answer)
	if err != nil {
		line = []byte(fmt.Sprintf(`{"error":%q}`, err.Error()))
	}
	out.Lock()
	defer out.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func exception(err error) object {
	kind := reflect.TypeOf(err).String()
	return object{"type": strings.TrimPrefix(kind[strings.LastIndex(kind, ".")+1:], "*"), "message": err.Error()}
}

func hello() {
	say(object{"protocol": 1, "client": "rocketmq-client-go", "version": "2.1.2",
		"modes":    []string{"sync", "async", "oneway"},
		"features": []string{"batch", "delayLevel", "credentials"},
		"settings": []string{"sendMsgTimeout", "retryTimesWhenSendFailed", "createTopicKey", "defaultTopicQueueNums",
			"instanceName", "namespace", "compressMsgBodyOverHowmuch"}})
}

func make_(r request) {
	options := []producer.Option{
		producer.WithNsResolver(primitive.NewPassthroughResolver(strings.Split(r.Namesrv, ";"))),
		producer.WithGroupName(r.Group),
	}
	number := func(value any) int { return int(value.(float64)) }
	for name, value := range r.Config {
		switch name {
		case "sendMsgTimeout":
			options = append(options, producer.WithSendMsgTimeout(time.Duration(number(value))*time.Millisecond))
		case "retryTimesWhenSendFailed":
			options = append(options, producer.WithRetry(number(value)))
		case "createTopicKey":
			options = append(options, producer.WithCreateTopicKey(value.(string)))
		case "defaultTopicQueueNums":
			options = append(options, producer.WithDefaultTopicQueueNums(number(value)))
		case "instanceName":
			options = append(options, producer.WithInstanceName(value.(string)))
		case "namespace":
			options = append(options, producer.WithNamespace(value.(string)))
		case "compressMsgBodyOverHowmuch":
			options = append(options, producer.WithCompressMsgBodyOverHowmuch(number(value)))
		}
	}
	if c := r.Credentials; c != nil {
		options = append(options, producer.WithCredentials(primitive.Credentials{
			AccessKey: (*c)["accessKey"], SecretKey: (*c)["secretKey"], SecurityToken: (*c)["securityToken"]}))
	}
	p, err := rocketmq.NewProducer(options...)
	if err == nil {
		producers[r.Name] = p
		err = p.Start()
	}
	answer := object{"producer": r.Name}
	if err != nil {
		answer["exception"] = exception(err)
	}
	say(answer)
}

func messageOf(topic string, m message) (*primitive.Message, error) {
	body, err := base64.StdEncoding.DecodeString(m.Body)
	if err != nil {
		return nil, err
	}
	made := primitive.NewMessage(topic, body)
	if m.Tags != "" {
		made.WithTag(m.Tags)
	}
	if len(m.Keys) > 0 {
		made.WithKeys(m.Keys)
	}
	for name, value := range m.Properties {
		made.WithProperty(name, value)
	}
	if m.DelayLevel > 0 {
		made.WithDelayTimeLevel(m.DelayLevel)
	}
	return made, nil
}

func send(r request) {
	p := producers[r.Producer]
	if p == nil || r.I == nil {
		say(object{"error": "there is no producer " + r.Producer})
		return
	}
	parts := r.Batch
	if parts == nil {
		parts = []message{r.message}
	}
	var messages []*primitive.Message
	for _, part := range parts {
		made, err := messageOf(r.Topic, part)
		if err != nil {
			say(object{"error": err.Error()})
			return
		}
		messages = append(messages, made)
	}
	begin := time.Now()
	done := func(result *primitive.SendResult, err error) {
		answer := object{"i": *r.I, "elapsedMs": float64(time.Since(begin).Microseconds()) / 1000}
		if err != nil {
			answer["outcome"], answer["exception"] = "EXCEPTION", exception(err)
		} else if result == nil {
			answer["outcome"] = "SENT"
		} else if status, known := statuses[result.Status]; known {
			answer["outcome"], answer["msgId"] = status, result.MsgID
			answer["broker"], answer["queueId"] = result.MessageQueue.BrokerName, result.MessageQueue.QueueId
		} else {
			answer["outcome"] = "EXCEPTION"
			answer["exception"] = object{"type": "SendUnknownError", "message": result.String()}
		}
		say(answer)
	}
	switch r.Mode {
	case "oneway":
		done(nil, p.SendOneWay(context.Background(), messages...))
	case "async":
		called := func(_ context.Context, result *primitive.SendResult, err error) { done(result, err) }
		if err := p.SendAsync(context.Background(), called, messages...); err != nil {
			done(nil, err)
		}
	default:
		done(p.SendSync(context.Background(), messages...))
	}
}

func main() {
	rlog.SetLogLevel("error")
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			say(object{"error": err.Error()})
			continue
		}
		switch r.Op {
		case "hello":
			hello()
		case "producer":
			make_(r)
		case "send":
			send(r)
		case "shutdown":
			answer := object{"shutdown": r.Producer}
			if err := producers[r.Producer].Shutdown(); err != nil {
				answer["exception"] = exception(err)
			}
			say(answer)
		case "bye":
			say(object{"bye": true})
			return
		default:
			say(object{"unsupported": "op " + r.Op})
		}
	}
}
