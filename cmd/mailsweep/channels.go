package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"mailsweep/config"
	"mailsweep/m365"
	"mailsweep/notify"
	"mailsweep/notify/files"
	"mailsweep/notify/mime"
	"mailsweep/notify/smtp"
	"mailsweep/notify/webhook"
	"mailsweep/secret"
	"mailsweep/store/sqlite"
)

// directory is who knows the people of the organisation.
func (a *app) directory(c config.Config) (notify.Directory, error) {
	if c.Notices.Directory == "none" {
		return notify.NoDirectory{}, nil
	}
	client, _, err := client(c, tenantPrefix, logger(c, a.stderr))
	if err != nil {
		return nil, err
	}
	return m365.NewDirectory(client), nil
}

// channels are those that notices are to be sent by, or may have been, by their names. One
// that the settings do not set up is an error that says which settings do.
func (a *app) channels(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB) (map[string]notify.Sender, error) {
	all := map[string]notify.Sender{}
	for n, err := range db.Notices(ctx, notify.NoticeFilter{Stages: []notify.Stage{notify.Approved, notify.Sending, notify.Doubted}}) {
		if err != nil {
			return nil, err
		}
		if all[n.Channel] != nil {
			continue
		}
		if all[n.Channel], err = a.channel(c, p, n.Channel); err != nil {
			return nil, &usageError{err}
		}
	}
	return all, nil
}

func (a *app) channel(c config.Config, p *notify.Policy, name string) (notify.Sender, error) {
	password, key := c.NoticeSecrets()
	n := c.Notices
	switch name {
	case "smtp":
		if n.SMTPHost == "" {
			return nil, hint(errors.New("the policy's channel smtp is not set up"), "set notices.smtp_host, and what else the server asks for: mailsweep config lists the settings")
		}
		return smtp.New(smtp.Options{
			Host: n.SMTPHost, Port: n.SMTPPort, Security: smtp.Security(n.SMTPSecurity), User: n.SMTPUser, Password: secret.New(password),
			From: mime.From{Address: cmp.Or(n.SMTPFrom, p.Organisation.Contact), Name: p.Organisation.Name}, Now: a.now,
		})
	case "graph":
		client, _, err := client(c, tenantPrefix, logger(c, a.stderr))
		if err != nil {
			return nil, err
		}
		return m365.NewSender(client, mime.From{Address: cmp.Or(n.Graph, p.Organisation.Contact), Name: p.Organisation.Name})
	case "webhook":
		if n.Webhook == "" {
			return nil, hint(errors.New("the policy's channel webhook is not set up"), "set notices.webhook to its address, and MAILSWEEP_NOTICES_WEBHOOK_KEY to the key that signs")
		}
		return webhook.New(webhook.Options{URL: n.Webhook, Key: secret.New(key), Now: a.now})
	case "files":
		if n.Files == "" {
			return nil, hint(errors.New("the policy's channel files is not set up"), "set notices.files to a directory for the packages")
		}
		return files.New(n.Files), nil
	}
	return nil, fmt.Errorf("there is no channel %q", name)
}
