"""The characters behind the names of common emoji."""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
+1 1f44d|-1 1f44e|100 1f4af|alarm_clock 23f0|arrow_right 27a1-fe0f|beers 1f37b|bell 1f514|blush 1f60a|boom 1f4a5
books 1f4da|bug 1f41b|bulb 1f4a1|calendar 1f4c5|checkered_flag 1f3c1|clap 1f44f|coffee 2615|confetti_ball 1f38a
construction 1f6a7|cry 1f622|dart 1f3af|eyes 1f440|exclamation 2757|fire 1f525|ghost 1f47b|gift 1f381|grin 1f601
grinning 1f600|handshake 1f91d|heart 2764-fe0f|heavy_check_mark 2714-fe0f|hourglass 231b|hugging_face 1f917
information_source 2139-fe0f|joy 1f602|key 1f511|large_green_circle 1f7e2|link 1f517|lock 1f512|mag 1f50d
memo 1f4dd|moneybag 1f4b0|muscle 1f4aa|no_entry 26d4|ok_hand 1f44c|package 1f4e6|palm_tree 1f334|pencil 1f4dd
pizza 1f355|point_right 1f449|pray 1f64f|question 2753|rage 1f621|raised_hands 1f64c|red_circle 1f534
robot_face 1f916|rocket 1f680|rotating_light 1f6a8|runner 1f3c3|scream 1f631|seedling 1f331|see_no_evil 1f648
slightly_smiling_face 1f642|smile 1f604|smiley 1f603|smirk 1f60f|sob 1f62d|sparkles 2728|speech_balloon 1f4ac
star 2b50|stop_sign 1f6d1|sunglasses 1f60e|sunny 2600-fe0f|tada 1f389|thinking_face 1f914|thumbsdown 1f44e
thumbsup 1f44d|tired_face 1f62b|trophy 1f3c6|unicorn_face 1f984|warning 26a0-fe0f|wave 1f44b|white_check_mark 2705
wink 1f609|wrench 1f527|x 274c|zap 26a1
"""

UNICODE: Mapping[str, str] = {
    name: code for name, _, code in (entry.partition(" ") for entry in _TABLE.strip().replace("\n", "|").split("|"))
}
"""Hexadecimal code points by name, as rich text has them; other emoji are told by their names alone."""
