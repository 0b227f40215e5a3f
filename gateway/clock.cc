#include "gateway/clock.h"

#include <openssl/rand.h>

#include <array>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace gateway {
namespace {

void Fill(unsigned char* bytes, size_t size) {
  while (size > 0) {
    const int part = size > INT_MAX ? INT_MAX : static_cast<int>(size);
    if (RAND_bytes(bytes, part) != 1) {
      std::fputs("the system gives no random bytes: stopping\n", stderr);
      std::abort();
    }
    bytes += part;
    size -= static_cast<size_t>(part);
  }
}

// One call of the generator costs more than a kilobyte of its output, and ids are made per request.
class IdPool {
 public:
  static constexpr size_t kIdBytes = 10;

  const unsigned char* Take() {
    if (next_ == pool_.size()) {
      Fill(pool_.data(), pool_.size());
      next_ = 0;
    }
    const unsigned char* bytes = pool_.data() + next_;
    next_ += kIdBytes;
    return bytes;
  }

 private:
  std::array<unsigned char, kIdBytes * 64> pool_;
  size_t next_ = pool_.size();
};

}  // namespace

fhir::Instant SystemClock::Now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  Fill(reinterpret_cast<unsigned char*>(bytes.data()), size);
  return bytes;
}

std::string NewId(fhir::Instant now) {
  thread_local IdPool pool;
  std::array<unsigned char, 16> id;
  const auto ms = static_cast<uint64_t>(now.time_since_epoch().count());
  for (int i = 0; i < 6; ++i) id[i] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  std::memcpy(id.data() + 6, pool.Take(), IdPool::kIdBytes);
  id[6] = static_cast<unsigned char>(0x70 | (id[6] & 0x0f));
  id[8] = static_cast<unsigned char>(0x80 | (id[8] & 0x3f));

  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (size_t i = 0; i < id.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[id[i] >> 4];
    text += kHex[id[i] & 0x0f];
  }
  return text;
}

}  // namespace gateway
