"""The science of ProteinsPlus, open: plain Python engines without Django, one package a tool."""
