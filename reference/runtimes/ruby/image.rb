# frozen_string_literal: true

# Grey pictures of 256 x 256 pixels, made brighter, blurred and halved. A picture is an array of rows.
require_relative "work"

module Work
  WIDTH = 256

  module_function

  def image(index, units, size)
    (index...size).step(units).sum do |picture|
      pixels = drawn(stream_of(1, picture), WIDTH * WIDTH).bytes.map { |pixel| [pixel + 32, 255].min }
      checksum(picture, halved(blurred(pixels.each_slice(WIDTH))))
    end
  end

  def blurred(rows)
    sums_down(rows.map { |row| sums_along(row) }).map { |sums| sums.map { |total| total / 25 } }
  end

  # The sums of five neighbours: from one to the next, one number comes in and one goes out.
  def sums_along(row)
    row = with_edges(row)
    total = row.first(5).sum
    [total] + (5...row.size).map { |at| total += row[at] - row[at - 5] }
  end

  # The same down all columns at once, row by row.
  def sums_down(rows)
    rows = with_edges(rows)
    sums = rows.first(5).transpose.map(&:sum)
    [sums] + (5...rows.size).map do |at|
      coming, going = rows[at], rows[at - 5]
      sums = Array.new(WIDTH) { |x| sums[x] + coming[x] - going[x] }
    end
  end

  # Beyond its ends, a line goes on as it ends.
  def with_edges(line)
    [line.first] * 2 + line + [line.last] * 2
  end

  def halved(rows)
    rows.each_slice(2).flat_map do |upper, lower|
      (0...WIDTH).step(2).map { |x| (upper[x] + upper[x + 1] + lower[x] + lower[x + 1]) / 4 }
    end
  end

  def checksum(picture, pixels)
    begin_sum = 0xcbf29ce484222325 ^ mix((picture + GOLDEN) & MASK)
    pixels.inject(begin_sum) { |total, pixel| ((total ^ pixel) * 0x100000001b3) & MASK }
  end
end
