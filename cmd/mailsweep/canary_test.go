package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailsweep/detectors"
	"mailsweep/detectors/detectorstest"
)

// home is a home directory of its own for a mailsweep that runs as a process.
type home struct {
	t   testing.TB
	dir string
}

func newHome(t *testing.T) home {
	h := home{t, t.TempDir()}
	must(os.MkdirAll(filepath.Join(h.dir, "tmp"), 0o700))
	return h
}

func (h home) command(args ...string) *exec.Cmd {
	exe, err := os.Executable()
	must(err)
	// testscript.Main runs the verb when the program is called by its name.
	link := filepath.Join(h.dir, "mailsweep")
	if _, err := os.Lstat(link); err != nil {
		must(os.Symlink(exe, link))
	}
	cmd := exec.Command(link, args...)
	cmd.Dir = h.dir
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "MAILSWEEP_") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	for name, dir := range map[string]string{"HOME": "", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "TMPDIR": "tmp"} {
		cmd.Env = append(cmd.Env, name+"="+filepath.Join(h.dir, dir))
	}
	return cmd
}

// run gives everything that was printed, and the exit code.
func (h home) run(args ...string) (stdout, stderr string, code int) {
	h.t.Helper()
	cmd := h.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		h.t.Fatalf("mailsweep %v: %v", args, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// TestLeakCanary plants a sample of every rule wherever a secret can stand in a
// mail, runs every verb in every format with debug logs, and then looks for each
// of the secrets in all that was printed and in every file that was left behind.
func TestLeakCanary(t *testing.T) {
	t.Parallel()
	set, err := detectors.New(detectors.Options{})
	must(err)
	samples, err := detectorstest.Samples(set, 20261122)
	must(err)
	h := newHome(t)
	mail := filepath.Join(t.TempDir(), "mail")
	var canaries []string
	for i, s := range samples {
		canaries = append(canaries, s.Secret)
		plant(filepath.Join(mail, fmt.Sprintf("box%d", i%5)), i, s)
	}
	canaries = append(canaries, plantWritten(filepath.Join(mail, "written"))...)
	canaries = append(canaries, plantNames(mail)...)
	bad := filepath.Join(h.dir, "bad.toml")
	must(os.WriteFile(bad, []byte("[[rules]]\nid = 'x'\nregex = '''"+samples[0].Secret+"(?=x)'''\n"), 0o600))

	all := filepath.Join(h.dir, "all.yaml")
	must(os.WriteFile(all, []byte("allow:\n  - {name: probe, reason: logs in once an hour, expires: 2999-12-31, rules: '*', texts: 'no such words'}\n"+
		"  - {name: all, reason: logs in once an hour, expires: 2999-12-31, mailboxes: '*'}\n"), 0o600))

	var said strings.Builder
	say := func(wantCode int, args ...string) string {
		out, errs, code := h.run(args...)
		if code != wantCode {
			t.Errorf("mailsweep %v exited with %d, want %d\n%s", args, code, wantCode, errs)
		}
		said.WriteString(out + errs)
		return out
	}
	for _, format := range []string{"text", "jsonl", "csv", "sarif"} {
		say(exitFound, "sweep", "--again", "--log-level", "debug", "--log-format", "json", "--format", format, mail)
		say(exitClean, "report", "--log-level", "debug", "--format", format, "--output", "report."+format)
		allowed := say(exitNotSearched, "sweep", "-v", "--allow", all, "--again", "--format", format, mail)
		if !strings.Contains(allowed, "logs in once an hour") {
			t.Errorf("nothing is allowed, in %s", format)
		}
		say(exitClean, "report", "-v", "--allow", all, "--format", format)
		say(exitClean, "findings", "-v", "--allow", all, "--format", format)
	}
	found := say(exitClean, "findings", "--format", "jsonl")
	say(exitClean, "exposures", "--format", "csv")
	say(exitClean, "log", "list", "--format", "jsonl")
	say(exitClean, "config")
	say(exitFound, "rules", "test", filepath.Join(mail, "box1", "1.eml"))
	say(exitFound, "rules", "test", "--format", "sarif", filepath.Join(mail, "box2", "2.eml"))
	for _, format := range []string{"text", "jsonl"} {
		explained := ""
		for i := range samples {
			file := filepath.Join(mail, fmt.Sprintf("box%d", i%5), fmt.Sprintf("%d.eml", i))
			if i%25 == 0 {
				explained += say(exitFound, "rules", "explain", "--format", format, file)
			}
		}
		if !strings.Contains(explained, "ound") && !strings.Contains(explained, `"kept":true`) {
			t.Error("nothing was explained")
		}
		say(exitFound, "rules", "explain", "--format", format, filepath.Join(mail, "written", "0.eml"))
		say(exitClean, "rules", "profile", "--format", format, mail)
	}

	for _, s := range samples {
		if !strings.Contains(found, `"rule":"`+s.Rule+`"`) {
			t.Errorf("the canary of %s was not found: the test looks at nothing", s.Rule)
		}
	}
	leaks(t, "what was printed", said.String(), canaries)
	must(os.Remove(bad))
	h.leaksLeft(canaries)
	if left, _ := os.ReadDir(filepath.Join(h.dir, "tmp")); len(left) > 0 {
		t.Errorf("temporary files were left: %v", left)
	}
}

// leaksLeft looks for secrets in every file that was left behind.
func (h home) leaksLeft(secrets []string) {
	h.t.Helper()
	must(filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		leaks(h.t, path, string(b), secrets)
		return err
	}))
}

// TestSecretInFileName: mail tools name the files that they export after the subject. Such
// a file is swept by its name, too, and told of in an error.
func TestSecretInFileName(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	pat := githubToken(0)
	mail := filepath.Join(t.TempDir(), "token "+pat+".eml")
	must(os.WriteFile(mail, []byte("From: a@b.example\r\nSubject: hello\r\n\r\nhello\r\n"), 0o600))
	for _, format := range []string{"text", "jsonl", "csv", "sarif"} {
		out, errs, code := h.run("sweep", "--again", "--log-level", "debug", "--format", format, mail)
		if code != exitFound {
			t.Errorf("%s: exit %d", format, code)
		}
		leaks(t, format, out+errs, []string{pat})
	}
	out, errs, _ := h.run("findings", "--format", "jsonl")
	leaks(t, "findings", out+errs, []string{pat})
	out, errs, _ = h.run("log", "list", "--format", "jsonl")
	leaks(t, "the log", out+errs, []string{pat})
	h.leaksLeft([]string{pat})
}

// githubToken is a made-up token, with the checksum that GitHub's have: the CRC-32 of 30
// characters in base 62.
func githubToken(i int) string {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	body := fmt.Sprintf("q7Xw2LrT9bVn4KcZ8mHd3YpF6s%04d", i)
	tail := []byte("000000")
	for sum, k := crc32.ChecksumIEEE([]byte(body)), 5; sum > 0; sum, k = sum/62, k-1 {
		tail[k] = base62[sum%62]
	}
	return "ghp_" + body + string(tail)
}

// plant writes a mail in which the sample stands in the body, and what of it is a
// single line also in the subject, in header fields, and in the names of an
// attachment and of what is packed in it.
func plant(dir string, i int, s detectorstest.Sample) {
	must(os.MkdirAll(dir, 0o700))
	line := s.Text
	if strings.ContainsAny(line, "\n/\\\"") || len(line) > 150 {
		line = "nothing"
	}
	attached := mailOf(thing{named(s.Name, line+".zip"), "application/zip", zipped(named(s.Name, line+".txt"), s.Text)}, "base64")
	raw := strings.Replace(string(attached), "Subject: files", "Subject: "+line+"\r\nX-Note: "+line+"\r\nComments: "+line, 1)
	raw = strings.Replace(raw, "See the file.", s.Text, 1)
	must(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.eml", i)), []byte(raw), 0o600))
}

// plantWritten plants secrets in subjects, in the forms that a detector undoes before
// it knows the secret. It returns all that must not be seen.
func plantWritten(dir string) (canaries []string) {
	must(os.MkdirAll(dir, 0o700))
	pat, hex40 := githubToken(0), "1971800d4d82861d8f2c1651fea4d212b2a4c901"
	basic := base64.StdEncoding.EncodeToString([]byte("jsmith:Gr33n-Tea-Kettle"))
	env := base64.StdEncoding.EncodeToString([]byte("GITHUB_TOKEN=" + pat))
	_, key, err := ed25519.GenerateKey(nil)
	must(err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	block := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	body := strings.Split(block, "\n")[1]
	for i, subject := range []string{
		"the token is " + pat,
		"Authorization: Basic " + basic,
		"config: " + env,
		"curl -u " + hex40 + ":api_token https://api.example.com/v8/me",
		"curl -u jsmith:Gr33n-Tea-Kettle https://api.example.com/",
		strings.ReplaceAll(block, "\n", `\n`),
		"https://" + strings.Repeat(hex40, 3) + "@git.example.com/x.git",
	} {
		raw := "From: a@b.example\r\nTo: c@d.example\r\nSubject: " + subject + "\r\nDate: Mon, 02 Mar 2026 09:14:00 +0100\r\n\r\n" + subject + "\r\n"
		must(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.eml", i)), []byte(raw), 0o600))
	}
	return append(canaries, pat, hex40, basic, env, body, "Gr33n-Tea-Kettle")
}

// plantNames plants secrets in the names of files and directories of all kinds: mail,
// mboxes, what is no mail, what cannot be read, an attachment. It returns them.
func plantNames(mail string) (canaries []string) {
	name := func(i int) string {
		canaries = append(canaries, githubToken(i))
		return canaries[len(canaries)-1]
	}
	put := func(path, text string) {
		must(os.MkdirAll(filepath.Dir(path), 0o700))
		must(os.WriteFile(path, []byte(text), 0o600))
	}
	const small = "From: a@b.example\r\nSubject: hello\r\n\r\nAuthorization: Basic anNtaXRoOkdyMzNuLVRlYS1LZXR0bGU=\r\n"
	const from = "From a@b.example Thu Jan  1 00:00:00 1970\r\n"
	box := filepath.Join(mail, "box "+name(1))
	put(filepath.Join(box, name(2)+".eml"), small)
	put(filepath.Join(box, name(3)+".mbox"), from+small+"\r\n"+from+small)
	put(filepath.Join(box, name(4)+".png"), "\x89PNG\r\n\x1a\n\x00\x00")
	put(filepath.Join(box, "password=q7Xw2LrT9bVn4KcZ8m", "1.eml"), small)
	put(filepath.Join(box, "password=q7Xw2LrT9bVn4KcZ8m", "1.png"), "\x89PNG\r\n\x1a\n\x00\x00")
	put(filepath.Join(box, ".Sent "+name(5), "cur", name(6)+":2,S"), small)
	put(filepath.Join(box, ".Sent "+name(5), "new", "1"), small)
	put(filepath.Join(box, "plain", name(7)+".eml"), from+string(mailOf(thing{name(8) + ".png", "image/png", []byte("\x89PNG\r\n\x1a\n\x00\x00")}, "base64")))
	put(filepath.Join(mail, name(9)+".mbox"), from+small)
	must(os.Symlink(filepath.Join(mail, "nowhere", name(10)), filepath.Join(box, name(11))))
	return append(canaries, "q7Xw2LrT9bVn4KcZ8m")
}

// leaks looks for each secret as it stands, in base64 and in hexadecimal; of a
// key of many lines, for its longest line.
func leaks(t testing.TB, where, text string, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		for _, line := range strings.Split(s, "\n") {
			if len(line) < 8 || strings.HasPrefix(line, "-----") {
				continue
			}
			for _, form := range []string{line, base64.StdEncoding.EncodeToString([]byte(line)), hex.EncodeToString([]byte(line))} {
				if i := strings.Index(text, form); i >= 0 {
					t.Errorf("a secret stands in %s: …%q…", where, text[max(0, i-60):i])
				}
			}
		}
	}
}
