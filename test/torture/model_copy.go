package main

import "fmt"

// copied is a message that was forwarded. Copies say what they were made from, so
// that they are counted: in a conversation there are as many of each as there are
// words that were said together with one, and each stands before those.
type copied struct {
	sender string // Who forwarded it.
	from   string // Whose words they are; "" for the sender's own.
	text   string
}

// copied reports whether a line with the text of s is a copy of it.
func (s *said) copied(p place) bool {
	return p.acts == 0 && s.target == "" && s.id != "" && p.id != s.id
}

// copyCount counts the copies in one conversation, and those that were announced.
type copyCount struct{ here, announced map[copied]int }

func (c *copyCount) copy(p place) {
	if c.here == nil {
		c.here = map[copied]int{}
	}
	c.here[copied{p.sender, p.from, p.text}]++
}

// said notes that words are there, and says what is wrong with that.
func (c *copyCount) said(s *said) string {
	if c.announced == nil {
		c.announced = map[copied]int{}
	}
	for _, k := range s.copies {
		c.announced[k]++
		if c.here[k] < c.announced[k] {
			return fmt.Sprintf("stands before its copy of %.60q", k.text)
		}
	}
	return ""
}

// wrong says what is wrong with the numbers.
func (c *copyCount) wrong() string {
	for k, n := range c.here {
		if n != c.announced[k] {
			return fmt.Sprintf("has %d copies of %+v, of which %d were made", n, k, c.announced[k])
		}
	}
	return ""
}
