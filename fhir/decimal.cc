#include "fhir/decimal.h"

#include <algorithm>
#include <charconv>

namespace fhir {
namespace {

constexpr size_t kMostDigits = 400;
constexpr int kMostExponent = 9'999;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void StripZeros(std::string& digits) { digits.erase(0, digits.find_first_not_of('0')); }

// Both are magnitudes, digit by digit as on paper.
std::string Add(std::string_view a, std::string_view b) {
  std::string sum(std::max(a.size(), b.size()) + 1, '0');
  int carry = 0;
  for (size_t i = 0; i < sum.size(); ++i) {
    int digit = carry;
    if (i < a.size()) digit += a[a.size() - 1 - i] - '0';
    if (i < b.size()) digit += b[b.size() - 1 - i] - '0';
    sum[sum.size() - 1 - i] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  StripZeros(sum);
  return sum;
}

// REQUIRES a >= b.
std::string Subtract(std::string_view a, std::string_view b) {
  std::string rest(a);
  int borrow = 0;
  for (size_t i = 0; i < rest.size(); ++i) {
    int digit = rest[rest.size() - 1 - i] - '0' - borrow;
    if (i < b.size()) digit -= b[b.size() - 1 - i] - '0';
    borrow = digit < 0 ? 1 : 0;
    rest[rest.size() - 1 - i] = static_cast<char>('0' + digit + 10 * borrow);
  }
  StripZeros(rest);
  return rest;
}

bool Less(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  Decimal result;
  size_t i = 0;
  if (i < text.size() && text[i] == '-') result.negative_ = true, ++i;
  const size_t whole = i;
  while (i < text.size() && IsDigit(text[i])) result.digits_ += text[i++];
  if (i == whole) return std::nullopt;
  if (i < text.size() && text[i] == '.') {
    const size_t fraction = ++i;
    while (i < text.size() && IsDigit(text[i])) result.digits_ += text[i++];
    if (i == fraction) return std::nullopt;
    result.exponent_ = -static_cast<int>(i - fraction);
  }
  if (result.digits_.size() > kMostDigits) return std::nullopt;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    if (++i < text.size() && text[i] == '+') ++i;
    int exponent = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
    const bool whole_text = error == std::errc() && end == text.data() + text.size();
    if (!whole_text || exponent > kMostExponent || exponent < -kMostExponent) return std::nullopt;
    result.exponent_ += exponent;
    i = text.size();
  }
  if (i != text.size()) return std::nullopt;
  StripZeros(result.digits_);
  return result;
}

// Zero is 0x80. Else 0x81, the place of the first digit, the digits; for a negative 0x7F and the
// complement of the same, ended by 0xFF because less digits mean a greater value then.
std::string Decimal::Ordered() const {
  if (digits_.empty()) return "\x80";
  const int place = exponent_ + static_cast<int>(digits_.size()) + 0x8000;
  std::string rest = {static_cast<char>(place >> 8), static_cast<char>(place & 0xFF)};
  rest += digits_.substr(0, digits_.find_last_not_of('0') + 1);
  if (!negative_) return "\x81" + rest;
  for (char& c : rest) c = static_cast<char>(~static_cast<unsigned char>(c));
  return "\x7F" + rest + "\xFF";
}

// The search page gives 99.5 to 100.5 for 100, and for 1e2 five on both sides: half a unit of the
// place after the last digit's.
Decimal Decimal::Shifted(int half_units) const {
  const int finer = exponent_ > 0 ? 2 : 1;
  Decimal result = *this;
  result.exponent_ -= finer;
  if (!result.digits_.empty()) result.digits_.append(static_cast<size_t>(finer), '0');
  const bool down = half_units < 0;
  if (result.digits_.empty()) {
    result.digits_ = "5";
    result.negative_ = down;
  } else if (down == negative_) {
    result.digits_ = Add(result.digits_, "5");
  } else if (Less(result.digits_, "5")) {
    result.digits_ = Subtract("5", result.digits_);
    result.negative_ = down;
  } else {
    result.digits_ = Subtract(result.digits_, "5");
  }
  return result;
}

Decimal Decimal::ImpliedLow() const { return Shifted(-1); }
Decimal Decimal::ImpliedHigh() const { return Shifted(1); }

Decimal Decimal::TenthLess() const {
  Decimal result = *this;
  if (digits_.empty()) return result;
  --result.exponent_;
  const std::string ten = digits_ + "0";
  result.digits_ = negative_ ? Add(ten, digits_) : Subtract(ten, digits_);
  return result;
}

Decimal Decimal::TenthMore() const {
  Decimal result = *this;
  if (digits_.empty()) return result;
  --result.exponent_;
  const std::string ten = digits_ + "0";
  result.digits_ = negative_ ? Subtract(ten, digits_) : Add(ten, digits_);
  return result;
}

std::string LowestDecimal() { return std::string(1, '\0'); }
std::string HighestDecimal() { return "\xFF"; }

}  // namespace fhir
