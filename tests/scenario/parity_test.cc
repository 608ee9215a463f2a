// Decision parity: every ledger that a real Java client left is met by a run of the same scenario in that profile.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>

#include "tests/scenario/java_ledger.h"

namespace rmqsim {
namespace parity_test {

const std::string kData = RMQSIM_SOURCE_DIR "/tests/scenario/data";

class Parity : public testing::TestWithParam<RecordedLedger> {};

TEST_P(Parity, TheRunDecidesAsTheJavaClientDid) {
  const auto differences = differences_from(GetParam());
  std::string text;
  for (const std::string& line : differences) text += "  " + line + "\n";
  EXPECT_TRUE(differences.empty()) << text << "rerun: rmqsim run " << GetParam().scenario << " --profile "
                                   << GetParam().profile << " -v\nledger: " << GetParam().file;
}

std::string name_of(const testing::TestParamInfo<RecordedLedger>& info) {
  std::string name = std::filesystem::path(info.param.file).stem();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Named, Parity,
                         testing::ValuesIn(find_ledgers(kData + "/ledgers", RMQSIM_SOURCE_DIR "/scenarios")), name_of);
INSTANTIATE_TEST_SUITE_P(Random, Parity, testing::ValuesIn(find_ledgers(kData + "/random/ledgers", kData + "/random")),
                         name_of);

// Which send comes first after an isolation depends on how long the sends before it took, so these are run at the pace
// of their recording.
class Windows : public testing::TestWithParam<RecordedLedger> {};

TEST_P(Windows, TheIsolationEndsAtTheSameSendAtTheRecordedPace) {
  std::string text;
  for (const std::string& line : differences_from(GetParam(), true)) text += "  " + line + "\n";
  EXPECT_EQ(text, "");
}

INSTANTIATE_TEST_SUITE_P(Recorded, Windows,
                         testing::ValuesIn(find_ledgers(kData + "/windows", RMQSIM_SOURCE_DIR "/scenarios")), name_of);

TEST(ParityData, TheRecordingsAreThere) {
  EXPECT_EQ(find_ledgers(kData + "/ledgers", RMQSIM_SOURCE_DIR "/scenarios").size(), 117u);
  EXPECT_EQ(find_ledgers(kData + "/random/ledgers", kData + "/random").size(), 112u);
}

}  // namespace parity_test
}  // namespace rmqsim
