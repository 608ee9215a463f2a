// Parts that the HTTP interface takes by themselves.
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {
namespace {

constexpr std::string_view kQueuesNameBrokers =
    R"("not": {"required": ["brokers", "queues"], "properties": {"queues": {"type": "object"}}})";

constexpr KeyRow kTopicPutRows[] = {
    {"brokers", key::ref("names"), "", "(all masters)", "Where it lies; not beside `queues` as an object."},
    {"queues", key::ref("queues"), "", "4", "How many queues it has."},
    {"perm", key::ref("perm"), "", R"("rw")", "What may be done with it."},
};

constexpr KeyRow kPermPutRows[] = {
    {"perm", key::ref("perm"), "", key::required, "The new permission."},
    {"topic", key::text(1, 255), "", "(every topic)", "Whose permission."},
};

constexpr KeyRow kReleaseRows[] = {
    {"count", key::integer(1, 1'000'000), "", "(all)", "The oldest so many."},
};

}  // namespace

namespace shapes {

constinit const Shape topicPut{"topicPut", "A topic or a route.", kTopicPutRows, kQueuesNameBrokers};

constinit const Shape permPut{"permPut", "A permission.", kPermPutRows};

constinit const Shape release{"release", "Lets go what a gate holds.", kReleaseRows};

}  // namespace shapes
}  // namespace rmqsim
