"""Social certificates (189-ФЗ): issued to a person who chooses his provider himself; their life to the last unit."""

from scheduling.certificates.tables import (
    LIVE,
    AdmittedProvider,
    Certificate,
    CertificateChange,
    CertificateLine,
    ConfirmedBy,
    ProviderChoice,
    ProviderListing,
    SigningKey,
    Status,
    Tariff,
    Unit,
)

__all__ = [
    "LIVE",
    "AdmittedProvider",
    "Certificate",
    "CertificateChange",
    "CertificateLine",
    "ConfirmedBy",
    "ProviderChoice",
    "ProviderListing",
    "SigningKey",
    "Status",
    "Tariff",
    "Unit",
]
