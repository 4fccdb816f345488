package credentials

import "testing"

// TestPrograms: in a program, a name of what holds a password, a text for people and
// what a test was given are not likely one; a password is.
func TestPrograms(t *testing.T) {
	for text, want := range map[string]string{
		`password: config.Password,`:                              "",
		`passwd = env.password`:                                   "",
		`config.opts.Password = test.password`:                    "",
		`pass: process.env.MAILER_PASSWORD || ''`:                 "",
		`password: officialTestPassword,`:                         "",
		`{"username": "test", "password": "test"}`:                "",
		`final String password = "pass123";`:                      "",
		`self.pass = pass`:                                        "",
		`user = {user: 'user', pass: 'pass', immediately: false}`: "",
		`"LABEL_PASSWORD": "Wachtwoord",`:                         "",
		`"TITLE_FORGOT_PASSWORD": "Passwort vergessen",`:          "",
		`NETCUP_API_PASSWORD = "API password"`:                    "",
		`password: 'Invalid Password'`:                            "",
		`int CLIENT_LONG_PASSWORD = 0x00000001;`:                  "",
		`{"password": NOT_MATCHING}`:                              "",
		`'reset_password': 'example.forms.ResetPasswordForm',`:    "",
		`- POSTGRES_PASSWORD=gpfrwnlf`:                            ":gpfrwnlf",
		`config.Password = "zuaruyi"`:                             ":zuaruyi",
		`{"user": "sudouser", "password": "qeaqjg"},`:             "sudouser:qeaqjg",
		`conf(password="yhisyn", sudo_password=None)`:             ":yhisyn",
		`password: test`:                                          ":test",
	} {
		if got := sure(read(t, text)); got != want {
			t.Errorf("%q: %q instead of %q", text, got, want)
		}
	}
}
