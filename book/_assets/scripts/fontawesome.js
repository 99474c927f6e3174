/* Stands in for the theme's 1.5 MB of icons as scripts, which replace the icons inside widgets
   that ipywidgets still holds on to. The same icons come from the theme's style sheet. */
