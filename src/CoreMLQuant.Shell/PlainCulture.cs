using System.Globalization;

namespace CoreMLQuant.Shell;

/// <summary>
/// The invariant culture, which says that its language is English: PowerShell breaks lines between words only in languages that it knows, and inside of
/// words in all others.
/// </summary>
internal sealed class PlainCulture() : CultureInfo(string.Empty)
{
    /// <inheritdoc/>
    public override string TwoLetterISOLanguageName => "en";

    /// <summary>Makes it that of every thread.</summary>
    public static void Use() => CurrentCulture = DefaultThreadCurrentCulture = new PlainCulture();
}
