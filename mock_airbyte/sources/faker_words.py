"""The words that generated people, addresses and products are made of."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    """
    Ada Aisha Alan Amara Anders Anita Boris Carla Chen Chidi Clara Dario Dimitri Elena Emil Fatima Felix Freya
    Giulia Grace Hana Hassan Hugo Ines Ingrid Ivan Jamal Jana Joao Kaito Karim Kofi Lara Leila Lena Luca Maya
    Mei Milan Mira Nadia Nils Noor Olga Omar Otto Paula Pedro Priya Rafael Rosa Ruth Sana Sofia Sven Tara
    Tomas Uma Vera Viktor Wen Yara Yusuf Zoe
    """
)
LAST_NAMES = _words(
    """
    Abara Adeyemi Andersson Bakker Bauer Bianchi Castro Costa Diaz Dubois Eriksen Ferrari Fischer Garcia
    Haddad Hansen Horvat Ibrahim Ito Ivanov Jansen Jensen Kaya Khan Kim Klein Kowalski Kumar Larsen Lopez
    Mbeki Meyer Moreau Nakamura Nguyen Novak Okafor Olsen Park Patel Petrov Quispe Rossi Sato Schmidt Silva
    Singh Tanaka Torres Vega Virtanen Wagner Wang Weber Yilmaz Zhang
    """
)
LANGUAGES = _words(
    """
    Arabic Bengali Czech Danish Dutch English Finnish French German Greek Hindi Italian Japanese Korean
    Mandarin Polish Portuguese Spanish Swahili Swedish Turkish Vietnamese
    """
)
NATIONALITIES = _words(
    """
    Argentine Brazilian British Chinese Danish Dutch Egyptian Finnish French German Greek Indian Italian
    Japanese Kenyan Korean Mexican Moroccan Nigerian Polish Spanish Swedish Turkish Vietnamese
    """
)
OCCUPATIONS = _words(
    """
    Architect Baker Botanist Carpenter Chemist Cook Dentist Designer Driver Editor Electrician Engineer Farmer
    Gardener Geologist Journalist Lawyer Librarian Mechanic Musician Nurse Painter Pilot Plumber Potter
    Teacher Translator Vet Watchmaker Welder
    """
)
STATES = _words("Ohio Texas Maine Oregon Nevada Kansas Utah Georgia")
COUNTRIES = _words("US GB DE FR JP BR IN NG SE VN")
MAKES = _words("Alder Birch Cedar Dogwood Elm Fir Ginkgo Hazel Ironwood Juniper")
MODELS = _words("Breeze Comet Drift Ember Flint Gale Harbor Iris Jetty Kite")
TITLES = _words("Mr. Ms. Mrs. Dr. Prof.")
GENDERS = _words("Female Male Other Fluid")
DEGREES = _words("Bachelor Master PhD Diploma")
BLOOD_TYPES = _words("O+ A+ B+ AB+ O- A- B- AB-")
CITIES = _words("Ashford Brookfield Carlton Dunmore Eastbourne Fairview Glenwood Hillcrest Kingsport")
STREETS = ("Mill Lane", "High Street", "Station Road", "Harbour Way", "Garden Row", "North Avenue", "Orchard Close")
