#include "tools/fakes/told_packets.h"

#include "scenarios/harness/capture/packet_line.h"

namespace rmqsim::program {

std::size_t ToldPackets::add_link(Link link) {
  links_.push_back(std::move(link));
  return links_.size() - 1;
}

void ToldPackets::add(Entry entry) { channel_.write_soon(packet_line(links_[entry.link], entry) + "\n"); }

}  // namespace rmqsim::program
