"""What one would write by Channels' own tutorial: a group for the room, and a consumer that passes messages on."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

ROOM = "room_1"
LAYERS = {
    "stock_core": "channels_redis.core.RedisChannelLayer",
    "stock_pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
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


application = ProtocolTypeRouter({"websocket": URLRouter([path("ws/bench/", RoomConsumer.as_asgi())])})
