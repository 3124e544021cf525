// What every page has: the reader's zone and clock, light or dark, toasts that go away.
import "plenary/ui/local-time.js";
import "plenary/ui/share.js";
import "plenary/ui/theme.js";
import "plenary/ui/toast.js";
