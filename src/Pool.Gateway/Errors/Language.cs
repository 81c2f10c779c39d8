using Microsoft.AspNetCore.Http;

namespace Pool.Gateway.Errors;

/// <summary>The language that a caller reads, from <c>accept-language</c>: Chinese unless English is preferred.</summary>
public enum Language
{
    Chinese,
    English,
}

public static class Languages
{
    public static string Tag(this Language language) => language switch
    {
        Language.Chinese => "zh-CN",
        Language.English => "en",
    };

    public static Language Of(HttpRequest request)
    {
        var preferred = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(accepted => accepted.Quality ?? 1)
            .Select(accepted => accepted.Value.Value ?? "")
            .FirstOrDefault(tag => tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || tag.StartsWith("en", StringComparison.OrdinalIgnoreCase));
        return preferred?.StartsWith("en", StringComparison.OrdinalIgnoreCase) == true ? Language.English : Language.Chinese;
    }
}
