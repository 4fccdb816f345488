package credentials

import "testing"

// TestAnnounced: accounts with their passwords, without a word for either.
func TestAnnounced(t *testing.T) {
	for text, want := range map[string]string{
		"Here are the credentials for the wiki:\n\njsmith / Dunnock_19\nann / Merlin-42\n\nBob": "jsmith:Dunnock_19 ann:Merlin-42",
		"creds: jsmith:Merlin42":                      "jsmith:Merlin42",
		"Login: jsmith / Merlin42":                    "jsmith:Merlin42",
		"u/p jsmith/Merlin42":                         "jsmith:Merlin42",
		"Zugangsdaten:\njsmith - Merlin42\n":          "jsmith:Merlin42",
		"Please check your login details:\nsee below": "",
		"Login: 10/12/2001":                           "",
		"login example/sub-folder_name":               "",
		"Login: http://intranet.example/start":        "",
		"Contact for credentials:\nTel. 555-0142\n":   "",
	} {
		if got := sure(read(t, text)); got != want {
			t.Errorf("%q: %q instead of %q", text, got, want)
		}
	}
}

// TestMoreForms: what people write besides. Nothing here was ever used.
func TestMoreForms(t *testing.T) {
	for text, want := range map[string]string{
		"the password's Merlin42":                              ":Merlin42",
		"the password's strength":                              "",
		"with a password of Merlin42":                          ":Merlin42",
		"I changed the root password to Merlin-42 last night.": ":Merlin-42",
		"Please change your password to something better.":     "",
		"Password ........ merlin7":                            ":merlin7",
		"USERID.......jsmith\nPASSWORD.....merlin":             "jsmith:merlin",
		"wifi key is merlin7heron":                             ":merlin7heron",
		"ID and password are both merlin":                      ":merlin",
		"Username: jsmith password: same":                      "jsmith:jsmith",
		"Enter password merlin42 in the first box":             ":merlin42",
		"userid=jsmith&password=merlin42":                      "jsmith:merlin42",
		"network HeronGuest, password merlin":                  ":merlin",
		"The PIN for the alarm is 4711.":                       ":4711",
		"The PIN is required.":                                 "",
		"Mot de passe wifi : merlin":                           ":merlin",
		"Das Passwort für den Zugang lautet merlin":            ":merlin",
		"Das Passwort ist falsch.":                             "",
		"Votre mot de passe est personnel.":                    "",
		"密码是merlin42":                                          ":merlin42",
		"パスワードはmerlin42です。":                                    ":merlin42",
		"비밀번호는 merlin42 입니다":                                   ":merlin42",
		"Password=merlin42;Encrypt=true":                       ":merlin42",
	} {
		if got := sure(read(t, text)); got != want {
			t.Errorf("%q: %q instead of %q", text, got, want)
		}
	}
}
