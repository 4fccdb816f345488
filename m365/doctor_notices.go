package m365

import (
	"context"
	"errors"
	"net/http"

	"mailsweep/doctor"
	"mailsweep/notify/mime"
)

// notices says whether the application may do what notices take, as far as they are
// going to be used: know people, send, and look up what it has sent.
func (e *examination) notices(ctx context.Context) (all []doctor.Check) {
	if !e.ready() {
		return nil // what is missing has been told
	}
	if e.x.People {
		all = append(all, e.people(ctx))
	}
	if e.x.Sender == "" {
		return all
	}
	s, err := NewSender(e.c, mime.From{Address: e.x.Sender})
	if err != nil {
		return append(all, doctor.Check{Name: "permission Mail.Send", Status: doctor.Failed, Finding: line(err.Error(), 300),
			Advice: "name the mailbox that sends notices by its address"})
	}
	return append(all, e.sends(ctx, s), e.looks(ctx, s))
}

// people asks for one person, where the token does not say that it may.
func (e *examination) people(ctx context.Context) doctor.Check {
	k := doctor.Check{Name: "permission " + forProfiles[0], Status: doctor.OK, Finding: "granted: it shows departments, languages and managers"}
	if held := e.held(forProfiles); held != "" {
		if held != forProfiles[0] {
			k.Finding = held + " is granted, which shows departments, languages and managers too"
		}
		return k
	}
	k.Advice = "grant " + forProfiles[0] + " in Entra, with an administrator's consent: notices.directory is m365"
	if len(e.chosen) == 0 {
		k.Status, k.Finding = doctor.Warning, "it is not in the token, and there was nobody to ask for"
		return k
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := NewDirectory(e.c).Person(ctx, e.chosen[0].name)
	var refused *Error
	switch {
	case err == nil:
		k.Finding, k.Advice = "it is not in the token, but the directory shows people: a directory role of the application may allow it", ""
	case errors.As(err, &refused) && refused.Status == http.StatusForbidden:
		k.Status, k.Finding = doctor.Failed, "it is not granted, and the directory refuses: "+refused.Error()
	default:
		k.Status, k.Finding = doctor.Unknown, "it is not in the token, and what was asked does not tell: "+words(err)
	}
	return k
}

// toNobody is a letter that cannot go anywhere: the service refuses it, if it does not
// refuse the application. That it looks at the application first was not tried.
const toNobody = "Subject: mailsweep doctor\r\n\r\n"

// sends tries whether the application may send from the mailbox, with a letter to nobody.
func (e *examination) sends(ctx context.Context, s *Sender) doctor.Check {
	k := doctor.Check{Name: "permission Mail.Send", Status: doctor.OK}
	scoped := "grant \"Application Mail.Send\" by RBAC for Applications for " + e.x.Sender + " alone: docs/setup.md"
	if e.held([]string{"Mail.Send"}) != "" {
		k.Status = doctor.Warning
		k.Finding = "it is granted in Entra, and sends mail as anybody in the tenant"
		k.Advice = scoped + "; then remove the grant in Entra, because the two add up"
		return k
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := s.post(ctx, []byte(toNobody))
	var refused *Error
	errors.As(err, &refused)
	switch {
	case err == nil:
		k.Status, k.Finding = doctor.Unknown, "the service took a letter to nobody from "+e.x.Sender+", which it should not"
	case refused != nil && refused.Status == http.StatusBadRequest:
		k.Finding = "the service takes mail from " + e.x.Sender + ": it refused a letter to nobody, and not the application"
	case refused != nil && refused.Status == http.StatusForbidden:
		k.Status, k.Finding = doctor.Failed, "mail cannot be sent from "+e.x.Sender+": "+refused.Error()
		k.Advice = scoped + ". It takes effect after 30 minutes to 2 hours"
	case refused != nil && refused.Status == http.StatusNotFound:
		k.Status, k.Finding = doctor.Failed, e.x.Sender+" is no mailbox of this tenant: "+refused.Error()
		k.Advice = "name another mailbox to send notices from: notices.graph"
	default:
		k.Status, k.Finding = doctor.Unknown, "whether mail can be sent from "+e.x.Sender+" did not show: "+words(clean(ctx, err))
	}
	return k
}

// looks tries whether Sent Items can be asked, for a letter that never was.
func (e *examination) looks(ctx context.Context, s *Sender) doctor.Check {
	k := doctor.Check{Name: "sent notices", Status: doctor.OK, Finding: "Sent Items of " + e.x.Sender + " can be asked whether a letter went out"}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := s.sent(ctx, "<doctor@mailsweep.invalid>")
	var refused *Error
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusForbidden:
		k.Status = doctor.Warning
		k.Finding = "when nobody knows whether a letter went out, Sent Items cannot tell: " + refused.Error()
		k.Advice = "grant \"Application Mail.ReadBasic\" for " + e.x.Sender + ": docs/setup.md; or answer by hand with mailsweep notify settle"
	case err != nil:
		k.Status, k.Finding = doctor.Unknown, "whether Sent Items of "+e.x.Sender+" can be asked did not show: "+words(err)
	}
	return k
}
