"""Tests of drawings that become a part of a page."""

from unittest import TestCase

from web.drawings import inline, parsed

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"{}><title id="t">A &amp; B</title>{}</svg>'


class InlineDrawings(TestCase):
    """What comes into a page, and what does not."""

    def test_shapes_and_text_come_in_without_the_ids_of_the_file(self) -> None:
        """A page has its own."""
        text = str(inline(SVG.format(' role="img" aria-labelledby="t"', '<path d="M0 0" stroke="#123456"/>')))
        self.assertEqual(
            text,
            '<svg width="9" height="9" role="group" aria-label="A &amp; B"><title>A &amp; B</title>'
            '<path d="M0 0" stroke="#123456" /></svg>',
        )

    def test_structures_with_a_place_are_buttons_and_lines_are_not(self) -> None:
        """A diagram of fifty lines has as few stops of the keyboard as it has residues."""
        body = (
            '<g class="structure" data-places="A:1"><title>Gly1</title></g><g data-places="A:1"/><g class="structure"/>'
        )
        text = str(inline(SVG.format('', body)))
        self.assertIn('<g data-places="A:1" tabindex="0" role="button" aria-label="Gly1">', text)
        self.assertEqual((text.count('tabindex'), text.count('class')), (1, 0))

    def test_whatever_else_a_drawing_holds_keeps_it_out(self) -> None:
        """Scripts, styles, links, pictures from elsewhere, and ways around."""
        for body in (
            '<script>x()</script>',
            '<style>* { color: red }</style>',
            '<a href="/x"><rect/></a>',
            '<image href="/x.png"/>',
            '<use href="#t"/>',
            '<rect onclick="x()"/>',
            '<rect style="fill: red"/>',
            '<rect fill="url(#x)"/>',
            '<rect fill="URL(http://x)"/>',
            '<rect fill="u\\72l(x)"/>',
            '<rect hx-get="/x"/>',
            '<g data-scene-url="/x"/>',
            '<foreignObject/>',
            '<p xmlns="http://www.w3.org/1999/xhtml"/>',
            '<animate attributeName="x"/>',
            f'{"<g>" * 5000}{"</g>" * 5000}',
        ):
            self.assertIsNone(inline(SVG.format('', body)), body[:60])
        for attribute in (' onload="x()"', ' xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#t"'):
            self.assertIsNone(inline(SVG.format(attribute, '')))
        self.assertIsNone(inline(SVG.format('', f'<text>{"x" * 2_000_000}</text>')))

    def test_text_stays_text(self) -> None:
        """It may be that of a user's file."""
        text = str(inline(SVG.format('', '<text>&lt;script&gt;x()&lt;/script&gt;</text>')))
        self.assertIn('<text>&lt;script&gt;x()&lt;/script&gt;</text>', text)
        quoted = str(inline(SVG.format('', "<g data-places='&quot;&gt;&lt;script&gt;'/>")))
        self.assertIn('data-places="&quot;&gt;&lt;script&gt;"', quoted)

    def test_what_is_no_svg_is_refused(self) -> None:
        """Before it is stored."""
        bombs = '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
        for text in ('', 'hello', '<svg/>', '<html xmlns="http://www.w3.org/1999/xhtml"/>', SVG[:40], bombs):
            with self.assertRaises(ValueError):
                parsed(text)
            self.assertIsNone(inline(text))
