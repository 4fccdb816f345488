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
func (p *pageSize) recovered() { p.n, p.most = min(16, mostPage), mostPage }

// refused notes that the service could not give a page of this size. It reports
// whether a smaller one can be asked for.
func (p *pageSize) refused() bool {
	if p.n == 1 {
		return false
	}
	p.n /= 2
	p.most = max(p.n, 1)
	return true
}
