// Where a session stands, as pages carry it: room.start.end.state, times in microseconds since 1970.

/** Five minutes: a row of the sheet. */
export const STEP = 300e6;

export const read = (text) => {
  const [room, start, end, state] = text.split(".");
  return { room, start: Number(start), end: Number(end), state };
};

export const written = ({ room, start, end, state }) => `${room}.${start}.${end}.${state}`;
