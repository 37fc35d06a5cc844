"""From the renderer's colours to those of video: BGRX to YUV 4:2:0."""

from __future__ import annotations

import numpy as np

from gradsim.core.compiled import kernel

# BT.709, limited range: Y' = 16 + 219·(0.2126 R + 0.7152 G + 0.0722 B), chroma 128 ± 112, for R, G, B in 0 … 1; these
# factors are for bytes, times 2^14.
Y_RED, Y_GREEN, Y_BLUE = 2991, 10064, 1016
U_RED, U_GREEN, U_BLUE = -1649, -5547, 7196
V_RED, V_GREEN, V_BLUE = 7196, -6536, -660


@kernel("void(uint8[:, :, ::1], uint8[:, ::1], uint8[:, ::1], uint8[:, ::1])")
def convert_to_yuv420(picture, y, u, v):  # type: ignore[no-untyped-def]
    """Integer arithmetic in loops that vectorise; each chroma sample is the mean of four pixels.

    ``y``, ``u`` and ``v`` may have more columns than are needed: FFmpeg pads its rows.
    """
    height, width = picture.shape[0], picture.shape[1]
    for j in range(height):
        for i in range(width):
            blue = np.int32(picture[j, i, 0])
            green = np.int32(picture[j, i, 1])
            red = np.int32(picture[j, i, 2])
            luma = np.int32(Y_RED) * red + np.int32(Y_GREEN) * green + np.int32(Y_BLUE) * blue
            y[j, i] = np.uint8((luma + np.int32((16 << 14) + (1 << 13))) >> np.int32(14))
    offset = np.int32((128 << 16) + (1 << 15))
    for j in range(height // 2):
        for i in range(width // 2):
            blue = np.int32(0)
            green = np.int32(0)
            red = np.int32(0)
            for dj in range(2):
                for di in range(2):
                    blue += np.int32(picture[2 * j + dj, 2 * i + di, 0])
                    green += np.int32(picture[2 * j + dj, 2 * i + di, 1])
                    red += np.int32(picture[2 * j + dj, 2 * i + di, 2])
            cb = np.int32(U_RED) * red + np.int32(U_GREEN) * green + np.int32(U_BLUE) * blue
            cr = np.int32(V_RED) * red + np.int32(V_GREEN) * green + np.int32(V_BLUE) * blue
            u[j, i] = np.uint8((cb + offset) >> np.int32(16))
            v[j, i] = np.uint8((cr + offset) >> np.int32(16))
