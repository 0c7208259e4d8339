#!/usr/bin/env bash
# SkiaSharp 4.155.0 on Linux with its native assets "NoDependencies": text is silently not drawn, though fonts are installed.
#
# Seen on 2026-11-29, Debian 12, fonts-dejavu-core in /usr/share/fonts, .NET 10:
#   3.119.0 draws "Accuracy" in black: 824 dark pixels. SKTypeface.Default has glyphs for all of its letters.
#   4.155.0: the same program draws nothing. SKTypeface.Default is there, has no glyph for any letter, and nothing fails.
#   4.155.0 with SKTypeface.FromFile of a font of /usr/share/fonts: 852 dark pixels.
# One would expect either the system's fonts, as with 3.119 of the same package, or an error.
# Fails when any of the three differs. Needs dotnet, NuGet and the font.
set -euo pipefail
font=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
[ -e "$font" ] || { echo "install fonts-dejavu-core" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >text.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="SkiaSharp" Version="$(Skia)" />
    <PackageReference Include="SkiaSharp.NativeAssets.Linux.NoDependencies" Version="$(Skia)" />
  </ItemGroup>
</Project>
XML
cat >Program.cs <<'CS'
using SkiaSharp;

using SKBitmap bitmap = new(200, 60);
using SKCanvas canvas = new(bitmap);
canvas.Clear(SKColors.White);
using SKTypeface face = args.Length > 0 ? SKTypeface.FromFile(args[0]) : SKTypeface.Default;
using SKFont font = new(face, 32);
using SKPaint paint = new() { Color = SKColors.Black };
canvas.DrawText("Accuracy", 10, 40, SKTextAlign.Left, font, paint);
canvas.Flush();
Console.WriteLine($"{bitmap.Pixels.Count(static p => p.Red < 128)} {"Accuracy".Count(c => face.GetGlyph(c) != 0)}");
CS
# run VERSION [FONT]: dark pixels, and letters that the typeface has
run() {
  local version=$1
  shift
  mkdir -p "$version"
  cp text.csproj Program.cs "$version/"
  dotnet build "$version" -v quiet -c Release -p:Skia="$version" -o "$version/out" >build.log 2>&1 || { cat build.log >&2; exit 2; }
  dotnet "$version/out/text.dll" "$@"
}
old=$(run 3.119.0) new=$(run 4.155.0) given=$(run 4.155.0 "$font")
echo "3.119.0: $old; 4.155.0: $new; 4.155.0 with the font's file: $given (dark pixels, letters known of 8)"
read -r old_dark old_letters <<<"$old"
read -r new_dark new_letters <<<"$new"
read -r given_dark given_letters <<<"$given"
[ "$old_dark" -gt 100 ] && [ "$old_letters" = 8 ] && [ "$new_dark" = 0 ] && [ "$new_letters" = 0 ] && [ "$given_dark" -gt 100 ] && [ "$given_letters" = 8 ]
