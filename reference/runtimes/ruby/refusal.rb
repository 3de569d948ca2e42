# frozen_string_literal: true

# What cannot be done as it was asked for.
class Refusal < StandardError
  STATUS = 2

  def initialize(found, expected)
    super("found #{found}, expected #{expected}")
  end
end
