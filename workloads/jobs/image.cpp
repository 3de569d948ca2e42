// The job `image`: a batch of `size` grey pictures, each made brighter, blurred and halved, as a service for thumbnails
// does. Units take the pictures in turn. Each streams through some hundred KiB of its own and shares nothing, so that
// units on CPUs of their own should not hold each other up.
//
// The job blurs by sums that slide along rows and then along columns, the check adds up the whole square around each
// pixel: the numbers are the same, the ways have nothing in common. Left out: colours, files, anything but 256 x 256.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/mix.h"

namespace bakeoff::workloads::jobs {
namespace {

constexpr int kSide = 256, kHalf = kSide / 2;
constexpr int kReach = 2;  ///< The blur's, in each direction.
constexpr int kWindow = 2 * kReach + 1;
constexpr int kBrighter = 32;
constexpr std::uint64_t kMostPictures = 1'000'000;

/// One row after the other.
using Pixels = std::vector<std::uint8_t>;

void draw_picture(std::uint64_t index, Pixels& pixels) {
  const std::uint64_t stream = stream_of(1, index);
  for (std::size_t i = 0; i < pixels.size(); i += sizeof(std::uint64_t)) {
    const std::uint64_t drawn = draw(stream, i);
    for (std::size_t byte = 0; byte < sizeof drawn; ++byte) {
      pixels[i + byte] = static_cast<std::uint8_t>(drawn >> (8 * byte));
    }
  }
}

Pixels blank_picture() {
  return Pixels(std::size_t{kSide} * kSide);
}

std::uint8_t brighter(std::uint8_t pixel) {
  return static_cast<std::uint8_t>(std::min(pixel + kBrighter, 255));
}

int inside(int place) {
  return std::clamp(place, 0, kSide - 1);
}

std::size_t at(int row, int column) {
  return static_cast<std::size_t>(row) * kSide + static_cast<std::size_t>(column);
}

/// Beyond the edge the picture goes on as it ends. `along` is room for the sums of rows.
void blur(const Pixels& from, std::vector<std::uint16_t>& along, Pixels& to) {
  for (int row = 0; row < kSide; ++row) {
    int sum = 0;
    for (int column = -kReach; column <= kReach; ++column) sum += from[at(row, inside(column))];
    for (int column = 0; column < kSide; ++column) {
      along[at(row, column)] = static_cast<std::uint16_t>(sum);
      sum += from[at(row, inside(column + kReach + 1))] - from[at(row, inside(column - kReach))];
    }
  }
  std::array<int, kSide> sums{};
  for (int row = -kReach; row <= kReach; ++row) {
    for (int column = 0; column < kSide; ++column)
      sums[static_cast<std::size_t>(column)] += along[at(inside(row), column)];
  }
  for (int row = 0; row < kSide; ++row) {
    const std::size_t comes = at(inside(row + kReach + 1), 0), goes = at(inside(row - kReach), 0);
    for (std::size_t column = 0; column < kSide; ++column) {
      to[at(row, 0) + column] = static_cast<std::uint8_t>(sums[column] / (kWindow * kWindow));
      sums[column] += along[comes + column] - along[goes + column];
    }
  }
}

void halve(const Pixels& from, Pixels& to) {
  to.clear();
  for (int row = 0; row < kSide; row += 2) {
    for (int column = 0; column < kSide; column += 2) {
      const int four =
          from[at(row, column)] + from[at(row, column + 1)] + from[at(row + 1, column)] + from[at(row + 1, column + 1)];
      to.push_back(static_cast<std::uint8_t>(four / 4));
    }
  }
}

/// FNV-1a, 64 bits, begun differently for each picture, so that two that are exchanged are noticed.
std::uint64_t checksum(const Pixels& pixels, std::uint64_t index) {
  std::uint64_t hash = 0xcbf29ce484222325 ^ mix(index + kGolden);
  for (const std::uint8_t pixel : pixels) hash = (hash ^ pixel) * 0x100000001b3;
  return hash;
}

/// A unit's place to work, for one picture after the other: memory is asked for once, and the work is pixels.
class ImageBuffers {
 public:
  ImageBuffers() { small_.reserve(std::size_t{kHalf} * kHalf); }

  std::uint64_t process(std::uint64_t index) {
    draw_picture(index, picture_);
    std::ranges::transform(picture_, picture_.begin(), brighter);
    blur(picture_, along_, blurred_);
    halve(blurred_, small_);
    return checksum(small_, index);
  }

 private:
  Pixels picture_ = blank_picture(), blurred_ = blank_picture(), small_;
  std::vector<std::uint16_t> along_ = std::vector<std::uint16_t>(picture_.size());
};

/// The picture with its edge drawn out as far as the blur reaches.
struct PaddedImage {
  static constexpr int kWide = kSide + 2 * kReach;
  std::array<std::uint8_t, std::size_t{kWide} * kWide> pixels{};

  explicit PaddedImage(const Pixels& from) {
    auto to = pixels.begin();
    for (int row = -kReach; row < kSide + kReach; ++row) {
      for (int column = -kReach; column < kSide + kReach; ++column) {
        *to++ = brighter(from[at(inside(row), inside(column))]);
      }
    }
  }

  /// One pixel of the blurred picture, from the square around it.
  int blurred(int row, int column) const {
    int sum = 0;
    for (int y = row; y < row + kWindow; ++y) {
      for (int x = column; x < column + kWindow; ++x) sum += pixels[static_cast<std::size_t>(y * kWide + x)];
    }
    return sum / (kWindow * kWindow);
  }
};

std::uint64_t process_plainly(std::uint64_t index) {
  Pixels picture = blank_picture();
  draw_picture(index, picture);
  const auto padded = std::make_unique<PaddedImage>(picture);
  Pixels to;
  for (int pixel = 0; pixel < kHalf * kHalf; ++pixel) {
    const int row = pixel / kHalf * 2, column = pixel % kHalf * 2;
    const int four = padded->blurred(row, column) + padded->blurred(row, column + 1) +
                     padded->blurred(row + 1, column) + padded->blurred(row + 1, column + 1);
    to.push_back(static_cast<std::uint8_t>(four / 4));
  }
  return checksum(to, index);
}

class ImageJob final : public Job {
 public:
  explicit ImageJob(const JobSize& size)
      : units_(size.units), pictures_(size.size == 0 ? kImageDefaultSize : size.size) {
    if (pictures_ > kMostPictures) {
      throw std::invalid_argument("image: found the size " + std::to_string(pictures_) + ", expected at most " +
                                  std::to_string(kMostPictures) + " pictures");
    }
  }

  std::uint64_t run_unit(std::size_t index) const override {
    ImageBuffers buffers;
    std::uint64_t sum = 0;
    for (std::uint64_t i = index; i < pictures_; i += units_) sum += buffers.process(i);
    return sum;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    std::vector<std::uint64_t> expected(units_);
    for (std::uint64_t i = 0; i < pictures_; ++i) expected[i % units_] += process_plainly(i);
    return first_wrong("image", expected, answers);
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override { return sum_of(answers); }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override { return time_and_cpu(ran); }
  std::vector<NamedFigure> reported_figures(const ReportedRun& ran) const override { return time_of(ran); }

 private:
  std::uint64_t units_, pictures_;
};

}  // namespace

std::unique_ptr<Job> make_image_job(const JobSize& size) {
  return std::make_unique<ImageJob>(size);
}

}  // namespace bakeoff::workloads::jobs
