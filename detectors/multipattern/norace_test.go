//go:build !race

package multipattern

const underRace = false
