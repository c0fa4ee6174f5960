// A preloaded library that lets WebKitWebDriver drive the unmodified desktop
// binary. Wails creates its web view with
// webkit_web_view_new_with_user_content_manager; this replacement makes the
// same view "controlled by automation", allows automation on its context, and
// hands the view to the automation session that asks for one.
#include <webkit2/webkit2.h>

static GtkWidget *view;

static WebKitWebView *create_view(WebKitAutomationSession *session, gpointer data) {
  return WEBKIT_WEB_VIEW(view);
}

static void automation_started(WebKitWebContext *context, WebKitAutomationSession *session, gpointer data) {
  WebKitApplicationInfo *info = webkit_application_info_new();
  webkit_application_info_set_name(info, "mychat");
  webkit_application_info_set_version(info, 1, 0, 0);
  webkit_automation_session_set_application_info(session, info);
  webkit_application_info_unref(info);
  g_signal_connect(session, "create-web-view", G_CALLBACK(create_view), NULL);
}

GtkWidget *webkit_web_view_new_with_user_content_manager(WebKitUserContentManager *manager) {
  WebKitWebContext *context = webkit_web_context_get_default();
  webkit_web_context_set_automation_allowed(context, TRUE);
  g_signal_connect(context, "automation-started", G_CALLBACK(automation_started), NULL);
  view = g_object_new(WEBKIT_TYPE_WEB_VIEW, "user-content-manager", manager,
                      "is-controlled-by-automation", TRUE, NULL);
  return view;
}
