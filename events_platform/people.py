"""How often a network or a person may knock at the doors of signing in, and the forms of passkeys."""

# A whole office, or a whole audience at nine o'clock, comes from one network address.
RATES = {
    "login": "120/m/ip",
    "request_login_code": "120/m/ip,3/m/key",
    "register": "240/m/ip",
    "code": "30/m/ip",
    "resend": "60/m/ip",
    "join": "600/m/ip",
    "own_data": "30/m/ip,6/h/user",
    "devices": "120/m/ip,10/m/user",
    "tokens": "120/m/ip,20/m/user",
    "connection": "1200/m/ip",
    "invite": "60/m/ip,20/m/user",
    "founding": "60/m/ip,3/d/user",
}
KEY_RATES = {"webauthn_login": "120/m/ip"}

STEP_FORMS = {
    "add_webauthn": "apps.accounts.forms.AddKeyForm",
    "edit_webauthn": "apps.accounts.forms.RenameKeyForm",
    "authenticate_webauthn": "apps.accounts.forms.ShowKeyForm",
    "login_webauthn": "apps.accounts.forms.EnterWithKeyForm",
    "reauthenticate_webauthn": "apps.accounts.forms.ShowKeyAgainForm",
}
