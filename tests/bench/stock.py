"""What one would write by Channels' own tutorial: a group for the room, and a consumer that passes messages on; and for
votes, a consumer that writes each of them and tells everybody."""

import os

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

ROOM = "room_1"
LAYERS = {
    "stock_core": "channels_redis.core.RedisChannelLayer",
    "stock_pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
    "stock_votes": "channels_redis.pubsub.RedisPubSubChannelLayer",
}


def layer_settings(flavour):
    from django.conf import settings

    # redis-py gives up reading after five seconds by itself, and so long the layer waits for a message.
    host = {"address": settings.REDIS_URL, "socket_timeout": None}
    return {"default": {"BACKEND": LAYERS[flavour], "CONFIG": {"hosts": [host], "prefix": f"bench-{flavour}"}}}


def use(flavour):
    from django.conf import settings

    settings.CHANNEL_LAYERS = layer_settings(flavour)


class RoomConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add(ROOM, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(ROOM, self.channel_name)

    async def chat_message(self, event):
        await self.send_json(event["message"])


class VoteConsumer(RoomConsumer):
    """One ORM insert and one group broadcast a vote."""

    count = 0

    async def connect(self):
        type(self).count += 1
        self.voter = f"naive-{self.count}"
        await super().connect()

    async def receive_json(self, content, **kwargs):
        from apps.polls.models import Answer

        counts = {str(content["option"]): 1}
        poll = int(os.environ["BENCH_POLL"])
        await Answer.objects.acreate(
            poll_id=poll, round=1, voter=self.voter, said={"option": content["option"]}, counts=counts
        )
        await self.channel_layer.group_send(
            ROOM, {"type": "chat.message", "message": {"option": content["option"], "mark": "^"}}
        )


votes = ProtocolTypeRouter({"websocket": URLRouter([path("ws/bench/", VoteConsumer.as_asgi())])})
application = ProtocolTypeRouter({"websocket": URLRouter([path("ws/bench/", RoomConsumer.as_asgi())])})


async def bare(scope, receive, send):
    """Accepts, and hears nothing."""
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass
