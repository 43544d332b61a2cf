# Lösung
import torch
