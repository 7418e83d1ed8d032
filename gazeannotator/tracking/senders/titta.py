"""TittaLSL, which sends all that a Tobii tells."""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Carries, Channel, Eye, Sender, of


def _eye(eye: Eye) -> tuple[tuple[Channel, Carries], ...]:
    def channel(label: str, kind: str, unit: str) -> Channel:
        return Channel(f"{label}.{eye}_eye", eye, kind, unit)

    def flags(what: str, valid: Carries) -> tuple[tuple[Channel, Carries], ...]:
        return (
            (channel(f"valid.{what}", "ValidFlag", "bool"), valid),
            (channel(f"available.{what}", "AvailableFlag", "bool"), "always_one"),
        )

    on_display, in_space, origin = (
        "position_on_display_area.gaze_point",
        "position_in_user_coordinates.gaze_point",
        "position_in_user_coordinates.gaze_origin",
    )
    return (
        (channel(f"x.{on_display}", "ScreenX", "normalized"), of(eye, "x")),
        (channel(f"y.{on_display}", "ScreenY", "normalized"), of(eye, "y")),
        (channel(f"x.{in_space}", "IntersectionX", "mm"), "nothing"),
        (channel(f"y.{in_space}", "IntersectionY", "mm"), "nothing"),
        (channel(f"z.{in_space}", "IntersectionZ", "mm"), "nothing"),
        *flags("gaze_point", of(eye, "valid")),
        (channel("diameter.pupil", "Diameter", "mm"), of(eye, "pupil_mm")),
        *flags("pupil", of(eye, "pupil_valid")),
        (channel(f"x.{origin}", "PupilX", "mm"), of(eye, "origin_x_mm")),
        (channel(f"y.{origin}", "PupilY", "mm"), of(eye, "origin_y_mm")),
        (channel(f"z.{origin}", "PupilZ", "mm"), of(eye, "origin_z_mm")),
        *flags("gaze_origin", of(eye, "origin_valid")),
        (channel("diameter.eye_openness", "EyeLidDistance", "mm"), "nothing"),
        *flags("eye_openness", "nothing"),
    )


# Source: dcnieho/Titta, LSL_streamer/src/TittaLSL.cpp. The last of its 37 channels has no metadata: the
# device's time stamp in s. Other versions send track-box coordinates as well (42 or 43 channels).
TITTA = Sender(
    stream_name="Tobii_gaze",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="normalised",
    channels=(*_eye("left"), *_eye("right"), (Channel(), "time_s")),
)
