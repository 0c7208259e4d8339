#!/usr/bin/env bash
# System.Numerics.Tensors 11.0.0 says of no values that not all of them are finite; LINQ, and .NET's own spans, say that all are.
#
# Packages: NuGet's System.Numerics.Tensors 11.0.0, restored by the .NET 10 SDK in a folder of its own.
# Behavior: TensorPrimitives.IsFiniteAll, IsNaNAll, IsPositiveAll and IsEvenIntegerAll return false for an empty span. "All" of nothing is true
#   in logic, in LINQ's All and in span.ContainsAnyExcept; here IsFiniteAll and its opposite IsFiniteAny are both false, so `!IsFiniteAll(x)`
#   does not mean "one is not finite". A check of vectors that looks for the culprit afterwards finds none and fails in another way.
# Seen 2026-12-01: every one of the four False, IsFiniteAny False, All of LINQ True, !ContainsAnyExcept True.
# Fails when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >none.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="System.Numerics.Tensors" Version="[11.0.0]" /></ItemGroup>
</Project>
XML
cat >None.cs <<'CS'
using System;
using System.Linq;
using System.Numerics.Tensors;

ReadOnlySpan<float> none = [];
Console.WriteLine($"IsFiniteAll {TensorPrimitives.IsFiniteAll(none)}, IsNaNAll {TensorPrimitives.IsNaNAll(none)}, "
    + $"IsPositiveAll {TensorPrimitives.IsPositiveAll(none)}, IsEvenIntegerAll {TensorPrimitives.IsEvenIntegerAll<int>([])}, "
    + $"IsFiniteAny {TensorPrimitives.IsFiniteAny(none)}, LINQ {Array.Empty<float>().All(float.IsFinite)}, span {!none.ContainsAnyExcept(0f)}");
CS
said=$(DOTNET_CLI_TELEMETRY_OPTOUT=1 dotnet run --configuration Release)
echo "$said"
[ "$said" = "IsFiniteAll False, IsNaNAll False, IsPositiveAll False, IsEvenIntegerAll False, IsFiniteAny False, LINQ True, span True" ] ||
  { echo "this has changed"; exit 1; }
