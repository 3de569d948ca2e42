package main

import (
	"crypto/sha256"
	"encoding/binary"
)

const golden = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// The bytes of a stream.
func draw(to []byte, seed, index uint64) {
	stream := mix(mix(seed+golden) + (index+1)*golden)
	for at := 0; at < len(to); at += 8 {
		binary.LittleEndian.PutUint64(to[at:], mix(stream+uint64(at+1)*golden))
	}
}

func count(_, _, size uint64) uint64 {
	n := uint64(0)
	for n < size {
		n++
	}
	return n
}

func hash(index, units, size uint64) uint64 {
	const blocksPerMiB, blockBytes = 16, 1 << 16
	block := make([]byte, blockBytes)
	answer := uint64(0)
	for i := index; i < size*blocksPerMiB; i += units {
		draw(block, 4, i)
		digest := sha256.Sum256(block)
		total := mix(i + golden)
		for at := 0; at < len(digest); at += 8 {
			total = mix(total ^ binary.BigEndian.Uint64(digest[at:]))
		}
		answer += total
	}
	return answer
}

const side, half, reach, window = 256, 128, 2, 5

func image(index, units, size uint64) uint64 {
	picture, blurred, small := make([]byte, side*side), make([]byte, side*side), make([]byte, half*half)
	along := make([]uint16, side*side)
	answer := uint64(0)
	for i := index; i < size; i += units {
		draw(picture, 1, i)
		for at, pixel := range picture {
			picture[at] = brighter(pixel)
		}
		blur(picture, along, blurred)
		halve(blurred, small)
		sum := 0xcbf29ce484222325 ^ mix(i+golden)
		for _, pixel := range small {
			sum = (sum ^ uint64(pixel)) * 0x100000001b3
		}
		answer += sum
	}
	return answer
}

func brighter(pixel byte) byte {
	if pixel > 255-32 {
		return 255
	}
	return pixel + 32
}

// Beyond the edge, a picture goes on as it ends.
func inside(place int) int {
	if place < 0 {
		return 0
	}
	if place >= side {
		return side - 1
	}
	return place
}

// Sums of five pixels slide along the rows, and sums of five such sums along the columns.
func blur(picture []byte, along []uint16, blurred []byte) {
	for y := 0; y < side; y++ {
		row, sums := picture[y*side:(y+1)*side], along[y*side:(y+1)*side]
		sum := 0
		for x := -reach; x <= reach; x++ {
			sum += int(row[inside(x)])
		}
		for x := range sums {
			sums[x] = uint16(sum)
			sum += int(row[inside(x+reach+1)]) - int(row[inside(x-reach)])
		}
	}
	var sums [side]int
	for y := -reach; y <= reach; y++ {
		for x := range sums {
			sums[x] += int(along[inside(y)*side+x])
		}
	}
	for y := 0; y < side; y++ {
		row := blurred[y*side : (y+1)*side]
		comes, goes := along[inside(y+reach+1)*side:][:side], along[inside(y-reach)*side:][:side]
		for x := range row {
			row[x] = byte(sums[x] / (window * window))
			sums[x] += int(comes[x]) - int(goes[x])
		}
	}
}

func halve(picture, small []byte) {
	for y := 0; y < half; y++ {
		upper, lower := picture[2*y*side:][:side], picture[(2*y+1)*side:][:side]
		row := small[y*half : (y+1)*half]
		for x := range row {
			four := int(upper[2*x]) + int(upper[2*x+1]) + int(lower[2*x]) + int(lower[2*x+1])
			row[x] = byte(four / 4)
		}
	}
}
