# frozen_string_literal: true

# What a unit does that needs no other unit.

module Work
  MASK = 2**64 - 1
  GOLDEN = 0x9e3779b97f4a7c15

  module_function

  def mix(z)
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
    z ^ (z >> 31)
  end

  def stream_of(seed, part)
    mix((mix((seed + GOLDEN) & MASK) + (part + 1) * GOLDEN) & MASK)
  end

  # Bytes of a stream: word by word, low byte first, each drawn by the place of its first byte.
  def drawn(stream, size)
    (0...size).step(8).map { |at| mix((stream + (at + 1) * GOLDEN) & MASK) }.pack("Q<*")
  end

  def count(_index, _units, size)
    n = 0
    n += 1 while n < size
    n
  end

  def sha256(index, units, size)
    (index...size * 16).step(units).sum do |block|
      words = OpenSSL::Digest.digest("SHA256", drawn(stream_of(4, block), 65_536)).unpack("Q>*")
      words.inject(mix((block + GOLDEN) & MASK)) { |total, word| mix(total ^ word) }
    end
  end

  def sleep_for(milliseconds)
    sleep(milliseconds / 1000.0)
    1
  end

  def monotonic_ns
    Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
  end
end
