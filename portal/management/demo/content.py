"""The words of the demo: names, companies, and what students do all day. All invented."""

from dataclasses import dataclass
from typing import Final

FIRST_NAMES: Final = (
    "Asha Neema Rehema Zawadi Upendo Amina Halima Mariam Fatuma Subira Tatu Saida Zuhura Bahati Furaha "
    "Said Juma Hamisi Baraka Daudi Elia Faraja Gasper Idrisa Jabiri Kassim Lameck Musa Nassoro Omari "
    "Petro Rajabu Salum Tumaini Yusufu Zuberi Ester Joyce Lightness Winfrida"
).split()
LAST_NAMES: Final = (
    "Moshi Ali Mushi Mrema Kimaro Lyimo Massawe Shirima Temba Urassa Kileo Mbwana Mfinanga Mgonja Mkumbo "
    "Mlaki Msuya Mtui Mwakyusa Mwambene Ndosi Ngowi Nkya Nyange Pallangyo Sanga Senkoro Shayo Swai Tesha"
).split()

REGIONS: Final = ("Dodoma", "Arusha", "Mwanza", "Mbeya", "Morogoro", "Tanga", "Dar es Salaam", "Iringa")


@dataclass(frozen=True)
class Field:
    """A department with its programmes, and what its students meet at work."""

    code: str
    name: str
    programmes: tuple[tuple[str, str], ...]
    trades: tuple[str, ...]
    jobs: tuple[tuple[str, str], ...]
    tasks: tuple[str, ...]
    skills: tuple[str, ...]


FIELDS: Final = (
    Field(
        code="mech",
        name="Mechanical Engineering",
        programmes=(("mech-beng", "BEng Mechanical Engineering"), ("auto-beng", "BEng Automotive Engineering")),
        trades=("Engineering Works", "Motors", "Sugar Mills", "Foundry", "Cold Stores"),
        jobs=(
            ("Repair of a pump shaft", "Dismantling;spanners, puller|Turning the seat;lathe, micrometer|Fitting;press"),
            ("Overhaul of a diesel engine", "Draining;tray|Removing the head;torque wrench|Measuring bores;bore gauge"),
            ("Making a bracket", "Marking out;scriber, square|Cutting;bandsaw|Drilling;pillar drill|Deburring;file"),
            ("Servicing a compressor", "Locking out;padlock, tag|Changing the oil;drain pan|Testing;pressure gauge"),
        ),
        tasks=(
            "Measured worn shafts with the micrometer and wrote down the sizes for the machine shop.",
            "Turned a bronze bush on the centre lathe to 42 mm and checked the fit on the shaft.",
            "Helped to strip the gearbox of conveyor 3 and cleaned the bearings for inspection.",
            "Cut and drilled four mounting plates of 10 mm steel; learned to set the speed of the drill.",
            "Followed the maintenance plan for pump P-204: greased, aligned the coupling, test run of 30 minutes.",
            "Practised arc welding of fillet joints on scrap; the foreman explained undercut and porosity.",
            "Replaced the V-belts of the cooling fan and set the tension with the gauge.",
            "Drew the worn bracket by hand with dimensions and made a sketch for the store.",
        ),
        skills=("turning", "welding", "measuring", "maintenance", "technical drawing", "safety"),
    ),
    Field(
        code="civil",
        name="Civil Engineering",
        programmes=(("civil-beng", "BEng Civil Engineering"), ("water-beng", "BEng Water Resources Engineering")),
        trades=("Contractors", "Roads", "Water Works", "Surveyors", "Concrete Products"),
        jobs=(
            ("Casting a column", "Fixing steel;pliers, tying wire|Placing formwork;props, level|Pouring;vibrator"),
            ("Setting out a drain", "Finding the benchmark;level, staff|Pegging;hammer, string|Checking falls;level"),
            ("Testing of concrete", "Sampling;slump cone|Making cubes;moulds, rod|Curing;tank|Crushing;test machine"),
            ("Laying a water main", "Digging;excavator|Bedding;sand, rake|Jointing;gasket, lever|Pressure test;pump"),
        ),
        tasks=(
            "Set out the foundation trenches of block B with the total station and checked the diagonals.",
            "Did slump tests on three trucks of concrete: 70, 85 and 80 mm, all within the limit.",
            "Counted and checked the bending schedule of the beams before the steel was fixed.",
            "Supervised the backfill behind the retaining wall in layers of 200 mm and noted the passes.",
            "Read the levels of the road crown every 20 m and plotted the long section in the office.",
            "Helped the surveyor to close a traverse of six stations; the misclosure was 12 seconds.",
            "Prepared twelve concrete cubes, labelled them and put them into the curing tank.",
            "Took part in the toolbox talk about scaffolds and inspected ties and toe boards afterwards.",
        ),
        skills=("surveying", "concrete", "reading drawings", "site safety", "levelling", "quantities"),
    ),
    Field(
        code="comp",
        name="Computer Science and Engineering",
        programmes=(("comp-bsc", "BSc Computer Science"), ("ict-bsc", "BSc Information Systems")),
        trades=("Software", "Networks", "Data Centre", "Telecom", "Bank Systems"),
        jobs=(
            ("Cabling of an office", "Planning;floor plan|Pulling cable;fish tape|Crimping;crimper|Testing;tester"),
            ("A stock register", "Asking users;notes|Drawing tables;diagram|Programming;Python, Django|Testing;pytest"),
            ("Moving a mail server", "Saving;backup disk|Installing;Debian|Copying mail;rsync|Checking;test accounts"),
            (
                "Monitoring of routers",
                "Listing;spreadsheet|Installing;SNMP|Making alarms;templates|Handing over;manual",
            ),
        ),
        tasks=(
            "Terminated 24 ports of the patch panel on the second floor and tested each with the cable tester.",
            "Wrote the report page of the stock register and fixed the sum that counted returns twice.",
            "Answered eleven help desk tickets; most were about printers that lost their address.",
            "Configured VLAN 30 for the cameras on the training switch and documented the ports.",
            "Restored yesterday's backup on the test server and compared the number of records.",
            "Wrote unit tests for the import of prices; found that dates of leap years were refused.",
            "Sat with the accountants and drew how an invoice travels, as a base for the new form.",
            "Updated twelve workstations, noted serial numbers, and labelled them for the inventory.",
        ),
        skills=("networking", "Python", "SQL", "help desk", "documentation", "testing"),
    ),
)

SUMMARY: Final = (
    "This week I worked mostly on {job}. I learned to plan the steps before touching the machine and to write "
    "down what I measured. The most difficult part was to finish in time without leaving out the checks."
)
RETURN_REASONS: Final = (
    "Please write which machine you used and what you did yourself.",
    "The hours do not fit: you left at noon on this day.",
    "One sentence is too little. Say what you learned.",
)
FLAG_REASONS: Final = (
    "The same text stands on three days.",
    "Ten hours on a day on which the company was closed.",
)
HOST_COMMENTS: Final = (
    "Works carefully and asks when not sure.",
    "Good week. More practice with measuring tools next.",
    "On time every day, helps others.",
    "",
)
COVER: Final = (
    "I am a student of {programme} in year {year} and apply for {title}. I like practical work, keep a notebook "
    "of everything that I measure, and can start on the first day of the training."
)
