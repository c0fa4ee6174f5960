package store

import "sort"

// interval is a closed, non-empty range of seqs.
type interval struct{ from, to int64 }

// intervals is a set of seqs: sorted intervals that neither touch nor overlap.
type intervals []interval

// add returns the set with every seq of iv in it.
func (s intervals) add(iv interval) intervals {
	if iv.from > iv.to {
		return s
	}
	// [i, j) are the intervals that touch or overlap iv.
	i := sort.Search(len(s), func(k int) bool { return s[k].to >= iv.from-1 })
	j := sort.Search(len(s), func(k int) bool { return s[k].from > iv.to+1 })
	if i < j {
		iv.from = min(iv.from, s[i].from)
		iv.to = max(iv.to, s[j-1].to)
	}
	out := make(intervals, 0, len(s)+1-(j-i))
	out = append(out, s[:i]...)
	out = append(out, iv)
	return append(out, s[j:]...)
}

// without returns the seqs of s that are not in t.
func (s intervals) without(t intervals) intervals {
	var out intervals
	for _, iv := range s {
		from := iv.from
		for _, cut := range t {
			if cut.to < from {
				continue
			}
			if cut.from > iv.to {
				break
			}
			if cut.from > from {
				out = append(out, interval{from, cut.from - 1})
			}
			from = cut.to + 1
		}
		if from <= iv.to {
			out = append(out, interval{from, iv.to})
		}
	}
	return out
}

// within returns the seqs of s between from and to, both included.
func (s intervals) within(from, to int64) intervals {
	var out intervals
	for _, iv := range s {
		iv = interval{max(iv.from, from), min(iv.to, to)}
		if iv.from <= iv.to {
			out = append(out, iv)
		}
	}
	return out
}

// below returns the highest seq of s that is less than seq, or 0.
func (s intervals) below(seq int64) int64 {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].from < seq {
			return min(s[i].to, seq-1)
		}
	}
	return 0
}

// above returns the lowest seq of s that is greater than seq, or 0.
func (s intervals) above(seq int64) int64 {
	for _, iv := range s {
		if iv.to > seq {
			return max(iv.from, seq+1)
		}
	}
	return 0
}

// count returns how many seqs are in s.
func (s intervals) count() int64 {
	n := int64(0)
	for _, iv := range s {
		n += iv.to - iv.from + 1
	}
	return n
}
