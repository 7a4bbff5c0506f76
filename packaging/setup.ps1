# Sets up everything that the program (purpose: run) or its tests (purpose: dev) need on Windows, in .venv beside
# the source. Needs Python 3.11, 3.12 or 3.13 (the "py" launcher comes with it). A second call ends at once.
#   powershell -ExecutionPolicy Bypass -File packaging\setup.ps1 -Purpose run
param([ValidateSet("run", "dev")] [string] $Purpose = "run")
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..")

$python = ".venv\Scripts\python.exe"
$lists = if ($Purpose -eq "dev") { @("requirements-dev.txt") } else { @("requirements.txt", "requirements-build.txt") }
$inRange = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))"

function Invoke-Checked([string] $Program, [string[]] $Arguments, [string] $Otherwise) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "setup: $Otherwise" }
}

# The mark says which requirements the environment was made from; a change to any of them makes it again.
$mark = ".venv\.ready-$Purpose"
$sources = $lists + @("pyproject.toml", "packaging\setup.ps1")
$wanted = ($sources | ForEach-Object { (Get-FileHash $_ -Algorithm SHA256).Hash }) -join " "
if ((Test-Path $python) -and (Test-Path $mark) -and ((Get-Content $mark -Raw).Trim() -eq $wanted)) { exit 0 }

if (-not (Test-Path $python)) {
    $found = $null
    foreach ($version in "3.11", "3.12", "3.13") {
        & py "-$version" -c $inRange 2>$null
        if ($LASTEXITCODE -eq 0) { $found = $version; break }
    }
    if (-not $found) { throw "setup: Python 3.11, 3.12 or 3.13 is needed and none was found." }
    Write-Output "setup: making the environment in .venv with Python $found"
    Invoke-Checked "py" @("-$found", "-m", "venv", ".venv") "The environment could not be made."
}
foreach ($list in $lists) {
    Write-Output "setup: installing what $list names, each file checked by its hash"
    Invoke-Checked $python @("-m", "pip", "install", "-q", "--require-hashes", "--only-binary", ":all:", "-r", $list) `
        "The packages of $list could not be installed; a network connection to the Python package index is needed once."
}
Write-Output "setup: installing the program itself"
Invoke-Checked $python @("-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", ".") `
    "The program could not be installed."
# The build also copies resources\ and db\ there; in a checkout the program reads the originals, so the copies go.
Remove-Item -Recurse -Force ".venv\Lib\site-packages\mdt_desktop" -ErrorAction SilentlyContinue
& $python -m compileall -q -j 0 ".venv\Lib\site-packages" "mdt_desktop" *> $null
Set-Content -Path $mark -Value $wanted
Write-Output "setup: ready.  Start:  .venv\Scripts\mdt-desktop --demo"
