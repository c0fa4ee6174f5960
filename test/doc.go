// Package test holds what no package can show alone: real servers and real
// engines meeting in one process, and the rules that hold the tree together.
package test
