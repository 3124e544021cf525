"""The pages of a document, to look at without having the file."""

from django.http import Http404, HttpRequest, HttpResponse

from apps.media import permissions, selectors
from apps.media.views.playing import AssetPage


class Pages(AssetPage):
    """For whom the document is."""

    def get(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        asset = self.asset(key)
        if asset.pages is None:
            raise Http404
        return self.render(
            "media/pages.html",
            asset=asset,
            pages=selectors.pages_of(asset.pages),
            left=max(0, asset.pages.count - len(asset.pages.sizes)),
            download=selectors.download_url(asset) if permissions.can_download(asset, self.roles) else "",
        )
