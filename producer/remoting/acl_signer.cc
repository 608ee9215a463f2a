// OpenSSL's part ends here.
#include "producer/remoting/acl_signer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace rmqsim {

std::string acl_content(const RemotingCommand& request) {
  std::vector<ExtFields::Entry> fields;
  for (std::size_t i = 0; i < request.ext_fields.size(); ++i) {
    if (request.ext_fields.key(i) != SessionCredentials::SIGNATURE) fields.push_back(request.ext_fields[i]);
  }
  std::sort(fields.begin(), fields.end());
  std::string content;
  for (const auto& [key, value] : fields) content += value;
  return content += request.body;
}

std::string acl_signature(std::string_view content, std::string_view secret_key) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
  // A null key would mean "the former one"; an empty text may have no address.
  const char* const key = secret_key.empty() ? "" : secret_key.data();
  if (HMAC(EVP_sha1(), key, static_cast<int>(secret_key.size()), bytes, content.size(), digest, &size) == nullptr) {
    throw std::runtime_error("OpenSSL computes no HMAC-SHA1; is this a build without SHA-1?");
  }
  std::string text(4 * ((size + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), digest, static_cast<int>(size));
  return text;
}

}  // namespace rmqsim
