package m365

import "time"

// A page of mail may have 1 to 1,000 messages (learn.microsoft.com, "List
// messages"). Exchange answers 504, or cuts its reply off, when a page is too much
// work for it, and a page of meeting mail can take a minute where one of others
// takes half a second. So the size follows what the folder shows.
const (
	firstPage = 100
	mostPage  = 500
	slowPage  = 8 * time.Second
	fastPage  = 2 * time.Second
	// largePage is how many bytes of reply are enough for one page: more saves no
	// time and takes memory.
	largePage = 2 << 20
)

// pageSize is the size of the next page of a folder.
type pageSize struct {
	n    int
	most int // beyond which the service refused
	bad  int // failures in a row, at this size
	good int // pages since the last failure
}

// Replies are cut off by accident too: a size is given up after badPages in a row, a
// single message after lastTries, and a larger one is tried anew after goodPages.
const (
	badPages  = 2
	lastTries = 4
	goodPages = 8
)

// fine notes a page that came.
func (p *pageSize) fine() {
	p.bad = 0
	if p.good++; p.good >= goodPages {
		p.good, p.most = 0, min(p.most*2, mostPage)
	}
}

func newPageSize(n int) *pageSize {
	return &pageSize{n: min(n, mostPage), most: mostPage}
}

// took notes how long a full page of that many bytes took.
func (p *pageSize) took(d time.Duration, bytes int64) {
	switch {
	case d > slowPage || bytes > 2*largePage:
		p.n = max(p.n/2, 1)
	case d < fastPage && bytes < largePage/2:
		p.n = min(p.n*2, p.most)
	}
}

// recovered notes that what made pages fail was passed over.
func (p *pageSize) recovered() { *p = *newPageSize(16) }

// refused notes that the service could not give a page of this size. It reports
// whether another one can be asked for.
func (p *pageSize) refused() bool {
	p.bad, p.good = p.bad+1, 0
	if p.n == 1 {
		return p.bad < lastTries
	}
	if p.bad >= badPages {
		p.n /= 2
		p.most, p.bad = p.n, 0
	}
	return true
}
