// SPDX-License-Identifier: Apache-2.0
// G.711: the two codecs of the telephone network, one byte a sample.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gsl/span>

#include <barge/audio.hpp>
#include <barge/config.hpp>

BARGE_NAMESPACE_BEGIN

/// Codes and decodes one law of ITU-T G.711. It has no state, so one value serves any number of
/// streams and threads. RTP calls mu-law PCMU (payload type 0) and A-law PCMA (payload type 8),
/// both at 8000 Hz (RFC 3551).
class BARGE_API G711 {
 public:
  enum class Law : std::uint8_t { mu, a };

  /// Chooses the kernels of this CPU; where BARGE_FORCE_KERNEL names none of them, the scalar ones.
  /// Thread: control. Realtime-safe: no.
  explicit G711(Law law);

  /// Writes one sample for each code.
  /// Thread: any. Realtime-safe: yes.
  /// Returns the number of codes taken: the length of the shorter span, so that a packet of any
  /// length is safe. Samples beyond it are left alone. The spans must not overlap.
  std::size_t decode(gsl::span<const std::uint8_t> codes,
                     MutableFrame samples) const BARGE_REALTIME;

  /// Writes one code for each sample.
  /// Thread: any. Realtime-safe: yes.
  /// Samples have the full range of 16 bits, as ITU-T G.191 has them: what is louder than the
  /// highest code becomes the highest code. A magnitude on the border of two steps of mu-law takes
  /// the outer one, whatever its sign. A-law codes come with their even bits inverted, as they are
  /// transmitted. Every code survives decoding and encoding, but the negative zero of mu-law
  /// (0x7F), which becomes 0xFF. Returns the number of samples taken: the length of the shorter
  /// span. Codes beyond it are left alone. The spans must not overlap.
  std::size_t encode(Frame samples, gsl::span<std::uint8_t> codes) const BARGE_REALTIME;

  /// The law.
  /// Thread: any. Realtime-safe: yes.
  Law law() const noexcept { return law_; }

 private:
  Law law_;
  void (*decode_)(const std::uint8_t* codes, std::size_t count, Sample* samples);
  void (*encode_)(const Sample* samples, std::size_t count, std::uint8_t* codes);
};

BARGE_NAMESPACE_END
