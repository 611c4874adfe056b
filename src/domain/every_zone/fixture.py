"""Writes fixture.txt: the offset changes of all zones from 2024 to 2030, as Python's zoneinfo sees them.

Run it when chrono-tz brings a new version of the time zone data, on a machine whose /usr/share/zoneinfo has that version:
python3 fixture.py VERSION > fixture.txt
"""

import collections
import datetime
import sys
import zoneinfo


def seconds(year):
    return int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp())


def changes(name, step=4 * 86400):
    zone = zoneinfo.ZoneInfo(name)

    def offset_at(at):
        return int(datetime.datetime.fromtimestamp(at, zone).utcoffset().total_seconds())

    first = offset = offset_at(seconds(2024))
    found = []
    for start in range(seconds(2024), seconds(2031), step):
        end = start + step
        while offset_at(end) != offset:
            low, high = start, end
            while high - low > 1:
                middle = (low + high) // 2
                if offset_at(middle) == offset:
                    low = middle
                else:
                    high = middle
            offset = offset_at(high)
            found.append((high, offset))
            start = high
    return first, tuple(change for change in found if change[0] < seconds(2031))


zones = collections.defaultdict(list)
for name in sorted(zoneinfo.available_timezones() - {"Factory", "localtime", "posixrules"}):
    zones[changes(name)].append(name)
print(sys.argv[1])
for (first, found), names in sorted(zones.items(), key=lambda zone: zone[1]):
    print("|".join([" ".join(names), str(first), " ".join(f"{at}:{offset}" for at, offset in found)]))
