# What a person types. README and CI call "make test"; everything else is beside it.
MAIL ?= testdata/mail
FUZZTIME ?= 20s
export CGO_ENABLED = 0

build:            ## one static binary, ./mailsweep
	go build -trimpath -o mailsweep ./cmd/mailsweep
demo: build       ## sweep a simulated Microsoft 365 tenant
	./mailsweep demo
try: build        ## sweep the sample mail; 3 is "secrets were found"
	./mailsweep sweep --db "$$(mktemp -d)/try.db" $(MAIL) || [ $$? -eq 3 ]
test: lint        ## what CI runs
	go test ./...
	CGO_ENABLED=1 go test -race ./sweeper/... ./mailfile
	CGO_ENABLED=1 go test -race -run 'Goroutines|AtOnce|TestStore' ./detectors/... ./store/... ./secret
race:             ## the race detector over everything; takes long
	CGO_ENABLED=1 go test -race -timeout 60m ./...
kill:             ## kill notify send 200 times, and count who was told
	MAILSWEEP_TEST_KILLS=200 go test -timeout 30m -count 1 -run '^TestKillWhile' -v ./cmd/mailsweep
lint:
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || (echo "run gofmt -w on these" && false)
	go vet ./...
fuzz:             ## every fuzz target for FUZZTIME
	@go list ./... | while read p; do go test -list '^Fuzz' $$p | grep ^Fuzz | while read f; do \
	  echo "$$p $$f" && go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; done || exit 1; done
differential:     ## hold the engine against gitleaks' own, on 10 MB made up and MAILSWEEP_CORPORA
	MAILSWEEP_DIFFERENTIAL=10000000 go test -timeout 3h -count 1 -run '^TestSameAs|^TestEveryDifference' -v ./detectors
bench:            ## see docs/benchmarks.md; MAILSWEEP_CORPORA adds real mail
	go test -run '^$$' -bench . -benchmem ./...
truth:            ## score labelled mail: ours always, and real mail where MAILSWEEP_CORPORA is set; MAILSWEEP_TRUTH_SHOW=1 unmasks it
	go test -count=1 -run '^TestTruth' -v ./detectors
golden:           ## rewrite the golden files, then read the diff
	go test ./report ./report/dossier ./decode ./notify -update
.PHONY: build demo try test race kill lint fuzz differential bench truth golden
