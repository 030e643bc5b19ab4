# SPDX-License-Identifier: Apache-2.0
"""The demo: three phones that speak, every mode of supervision, and what each of them heard."""
