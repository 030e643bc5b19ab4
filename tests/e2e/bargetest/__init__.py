# SPDX-License-Identifier: Apache-2.0
"""Real phones, a referee on loopback and the arithmetic that the end-to-end tests share."""
