export namespace bridge {
	
	export class About {
	    version: string;
	    commit: string;
	    go_version: string;
	    platform: string;
	    host: string;
	    data_dir: string;
	    locale: string;
	    following: string[];
	
	    static createFrom(source: any = {}) {
	        return new About(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.commit = source["commit"];
	        this.go_version = source["go_version"];
	        this.platform = source["platform"];
	        this.host = source["host"];
	        this.data_dir = source["data_dir"];
	        this.locale = source["locale"];
	        this.following = source["following"];
	    }
	}
	export class AnswerLinkRequest {
	    id: string;
	    confirm: boolean;
	
	    static createFrom(source: any = {}) {
	        return new AnswerLinkRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.confirm = source["confirm"];
	    }
	}
	export class AnswerRequest {
	    request_id: string;
	    answer: string;
	
	    static createFrom(source: any = {}) {
	        return new AnswerRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.request_id = source["request_id"];
	        this.answer = source["answer"];
	    }
	}
	export class AskLinkRequest {
	    server: string;
	
	    static createFrom(source: any = {}) {
	        return new AskLinkRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.server = source["server"];
	    }
	}
	export class AskRequest {
	    user_id: string;
	    message: string;
	
	    static createFrom(source: any = {}) {
	        return new AskRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.user_id = source["user_id"];
	        this.message = source["message"];
	    }
	}
	export class AuthState {
	    phase: string;
	    accounts: session.Account[];
	    account: session.Account;
	    server: string;
	    proxy: session.Proxy;
	    auto_id: string;
	    endings: session.Ending[];
	    secrets_in_file: boolean;
	
	    static createFrom(source: any = {}) {
	        return new AuthState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.phase = source["phase"];
	        this.accounts = this.convertValues(source["accounts"], session.Account);
	        this.account = this.convertValues(source["account"], session.Account);
	        this.server = source["server"];
	        this.proxy = this.convertValues(source["proxy"], session.Proxy);
	        this.auto_id = source["auto_id"];
	        this.endings = this.convertValues(source["endings"], session.Ending);
	        this.secrets_in_file = source["secrets_in_file"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class AwaitLinkRequest {
	    id: string;
	    known: string;
	
	    static createFrom(source: any = {}) {
	        return new AwaitLinkRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.known = source["known"];
	    }
	}
	export class Notice {
	    conversation_id: string;
	    message_id: string;
	    title: string;
	    body: string;
	
	    static createFrom(source: any = {}) {
	        return new Notice(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_id = source["message_id"];
	        this.title = source["title"];
	        this.body = source["body"];
	    }
	}
	export class Connection {
	    state: string;
	    next_try_ms: number;
	    error_code: string;
	
	    static createFrom(source: any = {}) {
	        return new Connection(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.next_try_ms = source["next_try_ms"];
	        this.error_code = source["error_code"];
	    }
	}
	export class Event {
	    seq: number;
	    kind: string;
	    conversation_id?: string;
	    ids?: string[];
	    user_id?: string;
	    until_ms?: number;
	    connection?: Connection;
	    presence?: protocol.Presence;
	    notice?: Notice;
	    unread?: number;
	    signed_in?: protocol.Device[];
	
	    static createFrom(source: any = {}) {
	        return new Event(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	        this.kind = source["kind"];
	        this.conversation_id = source["conversation_id"];
	        this.ids = source["ids"];
	        this.user_id = source["user_id"];
	        this.until_ms = source["until_ms"];
	        this.connection = this.convertValues(source["connection"], Connection);
	        this.presence = this.convertValues(source["presence"], protocol.Presence);
	        this.notice = this.convertValues(source["notice"], Notice);
	        this.unread = source["unread"];
	        this.signed_in = this.convertValues(source["signed_in"], protocol.Device);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Backlog {
	    events: Event[];
	    reset: boolean;
	    seq: number;
	    connection: Connection;
	
	    static createFrom(source: any = {}) {
	        return new Backlog(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.events = this.convertValues(source["events"], Event);
	        this.reset = source["reset"];
	        this.seq = source["seq"];
	        this.connection = this.convertValues(source["connection"], Connection);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BackupContents {
	    made_ms: number;
	    app: string;
	    server: string;
	    user: protocol.Profile;
	    conversations: number;
	    messages: number;
	    oldest_ms: number;
	    newest_ms: number;
	    here: boolean;
	
	    static createFrom(source: any = {}) {
	        return new BackupContents(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.made_ms = source["made_ms"];
	        this.app = source["app"];
	        this.server = source["server"];
	        this.user = this.convertValues(source["user"], protocol.Profile);
	        this.conversations = source["conversations"];
	        this.messages = source["messages"];
	        this.oldest_ms = source["oldest_ms"];
	        this.newest_ms = source["newest_ms"];
	        this.here = source["here"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BackupRequest {
	    passphrase: string;
	
	    static createFrom(source: any = {}) {
	        return new BackupRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.passphrase = source["passphrase"];
	    }
	}
	export class ChangeSettingsRequest {
	    names: string[];
	    settings: session.Settings;
	
	    static createFrom(source: any = {}) {
	        return new ChangeSettingsRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.names = source["names"];
	        this.settings = this.convertValues(source["settings"], session.Settings);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class CheckServerRequest {
	    server: string;
	    proxy?: session.Proxy;
	
	    static createFrom(source: any = {}) {
	        return new CheckServerRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.server = source["server"];
	        this.proxy = this.convertValues(source["proxy"], session.Proxy);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ClaimLinkRequest {
	    shown: string;
	
	    static createFrom(source: any = {}) {
	        return new ClaimLinkRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.shown = source["shown"];
	    }
	}
	export class ClearRequest {
	    conversation_id: string;
	    for_all: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ClearRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.for_all = source["for_all"];
	    }
	}
	
	export class ConversationRequest {
	    conversation_id: string;
	
	    static createFrom(source: any = {}) {
	        return new ConversationRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	    }
	}
	export class DateRequest {
	    conversation_id: string;
	    ms: number;
	
	    static createFrom(source: any = {}) {
	        return new DateRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.ms = source["ms"];
	    }
	}
	export class DaysRequest {
	    conversation_id: string;
	    starts_ms: number[];
	
	    static createFrom(source: any = {}) {
	        return new DaysRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.starts_ms = source["starts_ms"];
	    }
	}
	export class DeleteRequest {
	    conversation_id: string;
	    message_ids: string[];
	
	    static createFrom(source: any = {}) {
	        return new DeleteRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_ids = source["message_ids"];
	    }
	}
	export class DraftRequest {
	    conversation_id: string;
	    text: string;
	    ref_seq: number;
	    mentions: string[];
	    done: boolean;
	
	    static createFrom(source: any = {}) {
	        return new DraftRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.text = source["text"];
	        this.ref_seq = source["ref_seq"];
	        this.mentions = source["mentions"];
	        this.done = source["done"];
	    }
	}
	export class EditDraftRequest {
	    conversation_id: string;
	    seq: number;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new EditDraftRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.seq = source["seq"];
	        this.text = source["text"];
	    }
	}
	export class EditRequest {
	    conversation_id: string;
	    message_id: string;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new EditRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_id = source["message_id"];
	        this.text = source["text"];
	    }
	}
	export class EndDeviceRequest {
	    device_id: string;
	    wipe: boolean;
	
	    static createFrom(source: any = {}) {
	        return new EndDeviceRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.device_id = source["device_id"];
	        this.wipe = source["wipe"];
	    }
	}
	export class EndOthersRequest {
	    wipe: boolean;
	
	    static createFrom(source: any = {}) {
	        return new EndOthersRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.wipe = source["wipe"];
	    }
	}
	export class Error {
	    code: string;
	    message: string;
	    field?: string;
	    fingerprint?: string;
	    retry_after_ms?: number;
	
	    static createFrom(source: any = {}) {
	        return new Error(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.message = source["message"];
	        this.field = source["field"];
	        this.fingerprint = source["fingerprint"];
	        this.retry_after_ms = source["retry_after_ms"];
	    }
	}
	
	export class ExportRequest {
	    conversation_id: string;
	    language: string;
	
	    static createFrom(source: any = {}) {
	        return new ExportRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.language = source["language"];
	    }
	}
	export class FindRequest {
	    query: string;
	    conversation_id: string;
	    sender: string;
	    links: boolean;
	    from_ms: number;
	    to_ms: number;
	    cursor: string;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new FindRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.query = source["query"];
	        this.conversation_id = source["conversation_id"];
	        this.sender = source["sender"];
	        this.links = source["links"];
	        this.from_ms = source["from_ms"];
	        this.to_ms = source["to_ms"];
	        this.cursor = source["cursor"];
	        this.limit = source["limit"];
	    }
	}
	export class FocusRequest {
	    focused: boolean;
	
	    static createFrom(source: any = {}) {
	        return new FocusRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.focused = source["focused"];
	    }
	}
	export class FolderRequest {
	    id: string;
	
	    static createFrom(source: any = {}) {
	        return new FolderRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	    }
	}
	export class ForwardRequest {
	    conversation_id: string;
	    message_ids: string[];
	    conversation_ids: string[];
	    title: string;
	    note: string;
	
	    static createFrom(source: any = {}) {
	        return new ForwardRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_ids = source["message_ids"];
	        this.conversation_ids = source["conversation_ids"];
	        this.title = source["title"];
	        this.note = source["note"];
	    }
	}
	export class Found {
	    people: store.PersonHit[];
	    conversations: store.ConversationHit[];
	
	    static createFrom(source: any = {}) {
	        return new Found(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.people = this.convertValues(source["people"], store.PersonHit);
	        this.conversations = this.convertValues(source["conversations"], store.ConversationHit);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class HistoryState {
	    here: number;
	    total: number;
	    paused: boolean;
	
	    static createFrom(source: any = {}) {
	        return new HistoryState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.here = source["here"];
	        this.total = source["total"];
	        this.paused = source["paused"];
	    }
	}
	export class IDsRequest {
	    ids: string[];
	
	    static createFrom(source: any = {}) {
	        return new IDsRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.ids = source["ids"];
	    }
	}
	export class JobRequest {
	    id: number;
	
	    static createFrom(source: any = {}) {
	        return new JobRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	    }
	}
	export class JobState {
	    id: number;
	    kind: string;
	    state: string;
	    done: number;
	    total: number;
	    path: string;
	    download: boolean;
	    error?: Error;
	
	    static createFrom(source: any = {}) {
	        return new JobState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.state = source["state"];
	        this.done = source["done"];
	        this.total = source["total"];
	        this.path = source["path"];
	        this.download = source["download"];
	        this.error = this.convertValues(source["error"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class LeaveRequest {
	    sign_out: boolean;
	    delete_data: boolean;
	
	    static createFrom(source: any = {}) {
	        return new LeaveRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.sign_out = source["sign_out"];
	        this.delete_data = source["delete_data"];
	    }
	}
	export class LinkState {
	    state: string;
	    lives_ms: number;
	    by?: protocol.Profile;
	
	    static createFrom(source: any = {}) {
	        return new LinkState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.lives_ms = source["lives_ms"];
	        this.by = this.convertValues(source["by"], protocol.Profile);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class MarkReadRequest {
	    conversation_id: string;
	    seq: number;
	
	    static createFrom(source: any = {}) {
	        return new MarkReadRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.seq = source["seq"];
	    }
	}
	export class MessageRequest {
	    conversation_id: string;
	    message_id: string;
	
	    static createFrom(source: any = {}) {
	        return new MessageRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_id = source["message_id"];
	    }
	}
	export class MessagesRequest {
	    conversation_id: string;
	    ids: string[];
	
	    static createFrom(source: any = {}) {
	        return new MessagesRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.ids = source["ids"];
	    }
	}
	export class NamesRequest {
	    query: string;
	
	    static createFrom(source: any = {}) {
	        return new NamesRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.query = source["query"];
	    }
	}
	
	export class Offered {
	    link_previews: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Offered(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.link_previews = source["link_previews"];
	    }
	}
	export class OpenRequest {
	    account_id: string;
	    remember: boolean;
	    auto: boolean;
	
	    static createFrom(source: any = {}) {
	        return new OpenRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.account_id = source["account_id"];
	        this.remember = source["remember"];
	        this.auto = source["auto"];
	    }
	}
	export class PageRequest {
	    conversation_id: string;
	    before_seq: number;
	    after_seq: number;
	    around_seq: number;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new PageRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.before_seq = source["before_seq"];
	        this.after_seq = source["after_seq"];
	        this.around_seq = source["around_seq"];
	        this.limit = source["limit"];
	    }
	}
	export class PassphraseRequest {
	    passphrase: string;
	
	    static createFrom(source: any = {}) {
	        return new PassphraseRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.passphrase = source["passphrase"];
	    }
	}
	export class PauseRequest {
	    paused: boolean;
	
	    static createFrom(source: any = {}) {
	        return new PauseRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.paused = source["paused"];
	    }
	}
	export class PinRequest {
	    conversation_id: string;
	    message_id: string;
	    on: boolean;
	
	    static createFrom(source: any = {}) {
	        return new PinRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_id = source["message_id"];
	        this.on = source["on"];
	    }
	}
	export class PutFolderRequest {
	    id: string;
	    name: string;
	    at: number;
	
	    static createFrom(source: any = {}) {
	        return new PutFolderRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.at = source["at"];
	    }
	}
	export class ReactRequest {
	    conversation_id: string;
	    message_id: string;
	    emoji: string;
	    on: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ReactRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_id = source["message_id"];
	        this.emoji = source["emoji"];
	        this.on = source["on"];
	    }
	}
	export class RecordRequest {
	    conversation_id: string;
	    message_id: string;
	    path: number[];
	
	    static createFrom(source: any = {}) {
	        return new RecordRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_id = source["message_id"];
	        this.path = source["path"];
	    }
	}
	export class RegisterRequest {
	    server: string;
	    username: string;
	    nickname: string;
	    password: string;
	    invite: string;
	    remember: boolean;
	    auto: boolean;
	
	    static createFrom(source: any = {}) {
	        return new RegisterRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.server = source["server"];
	        this.username = source["username"];
	        this.nickname = source["nickname"];
	        this.password = source["password"];
	        this.invite = source["invite"];
	        this.remember = source["remember"];
	        this.auto = source["auto"];
	    }
	}
	export class RemarkRequest {
	    user_id: string;
	    remark: string;
	
	    static createFrom(source: any = {}) {
	        return new RemarkRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.user_id = source["user_id"];
	        this.remark = source["remark"];
	    }
	}
	export class RemoveRequest {
	    account_id: string;
	    delete_data: boolean;
	
	    static createFrom(source: any = {}) {
	        return new RemoveRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.account_id = source["account_id"];
	        this.delete_data = source["delete_data"];
	    }
	}
	export class RenameDeviceRequest {
	    device_id: string;
	    name: string;
	
	    static createFrom(source: any = {}) {
	        return new RenameDeviceRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.device_id = source["device_id"];
	        this.name = source["name"];
	    }
	}
	export class RescheduleRequest {
	    id: string;
	    at_ms: number;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new RescheduleRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.at_ms = source["at_ms"];
	        this.text = source["text"];
	    }
	}
	export class RestoreState {
	    state: string;
	    name: string;
	    bytes: number;
	    sends: boolean;
	    done: number;
	    total: number;
	    account?: session.Account;
	    open: boolean;
	    added: number;
	    unsent: number;
	    error?: Error;
	
	    static createFrom(source: any = {}) {
	        return new RestoreState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.name = source["name"];
	        this.bytes = source["bytes"];
	        this.sends = source["sends"];
	        this.done = source["done"];
	        this.total = source["total"];
	        this.account = this.convertValues(source["account"], session.Account);
	        this.open = source["open"];
	        this.added = source["added"];
	        this.unsent = source["unsent"];
	        this.error = this.convertValues(source["error"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ScheduleRequest {
	    conversation_id: string;
	    text: string;
	    ref_seq: number;
	    silent: boolean;
	    at_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new ScheduleRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.text = source["text"];
	        this.ref_seq = source["ref_seq"];
	        this.silent = source["silent"];
	        this.at_ms = source["at_ms"];
	    }
	}
	export class SearchRequest {
	    query: string;
	
	    static createFrom(source: any = {}) {
	        return new SearchRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.query = source["query"];
	    }
	}
	export class SendRequest {
	    conversation_id: string;
	    text: string;
	    ref_seq: number;
	    silent: boolean;
	
	    static createFrom(source: any = {}) {
	        return new SendRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.text = source["text"];
	        this.ref_seq = source["ref_seq"];
	        this.silent = source["silent"];
	    }
	}
	export class ServerCheck {
	    server: string;
	    info: protocol.ServerInfo;
	
	    static createFrom(source: any = {}) {
	        return new ServerCheck(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.server = source["server"];
	        this.info = this.convertValues(source["info"], protocol.ServerInfo);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ServerHits {
	    state: string;
	    hits: store.Hit[];
	    cursor: string;
	    indexing: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ServerHits(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.hits = this.convertValues(source["hits"], store.Hit);
	        this.cursor = source["cursor"];
	        this.indexing = source["indexing"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Shortcut {
	    action: string;
	    chord: string;
	
	    static createFrom(source: any = {}) {
	        return new Shortcut(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.action = source["action"];
	        this.chord = source["chord"];
	    }
	}
	export class ShortcutsRequest {
	    shortcuts: Shortcut[];
	
	    static createFrom(source: any = {}) {
	        return new ShortcutsRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.shortcuts = this.convertValues(source["shortcuts"], Shortcut);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SignInRequest {
	    server: string;
	    username: string;
	    password: string;
	    remember: boolean;
	    auto: boolean;
	
	    static createFrom(source: any = {}) {
	        return new SignInRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.server = source["server"];
	        this.username = source["username"];
	        this.password = source["password"];
	        this.remember = source["remember"];
	        this.auto = source["auto"];
	    }
	}
	export class SinceRequest {
	    seq: number;
	
	    static createFrom(source: any = {}) {
	        return new SinceRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	    }
	}
	export class StarRequest {
	    conversation_id: string;
	    message_ids: string[];
	    on: boolean;
	
	    static createFrom(source: any = {}) {
	        return new StarRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.message_ids = source["message_ids"];
	        this.on = source["on"];
	    }
	}
	export class StarredRequest {
	    conversation_id: string;
	    cursor: string;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new StarredRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.cursor = source["cursor"];
	        this.limit = source["limit"];
	    }
	}
	export class StorageState {
	    dir: string;
	    data_bytes: number;
	    copy_bytes: number;
	    aside_bytes: number;
	    free_bytes: number;
	    copied_ms: number;
	    copy_skipped: string;
	    backed_up_ms: number;
	    history: HistoryState;
	    healed?: store.Healed;
	    job?: JobState;
	
	    static createFrom(source: any = {}) {
	        return new StorageState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.dir = source["dir"];
	        this.data_bytes = source["data_bytes"];
	        this.copy_bytes = source["copy_bytes"];
	        this.aside_bytes = source["aside_bytes"];
	        this.free_bytes = source["free_bytes"];
	        this.copied_ms = source["copied_ms"];
	        this.copy_skipped = source["copy_skipped"];
	        this.backed_up_ms = source["backed_up_ms"];
	        this.history = this.convertValues(source["history"], HistoryState);
	        this.healed = this.convertValues(source["healed"], store.Healed);
	        this.job = this.convertValues(source["job"], JobState);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ToldRequest {
	    server: string;
	    user_id: string;
	
	    static createFrom(source: any = {}) {
	        return new ToldRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.server = source["server"];
	        this.user_id = source["user_id"];
	    }
	}
	export class TrustServerRequest {
	    server: string;
	    fingerprint: string;
	
	    static createFrom(source: any = {}) {
	        return new TrustServerRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.server = source["server"];
	        this.fingerprint = source["fingerprint"];
	    }
	}
	export class TypingRequest {
	    conversation_id: string;
	    on: boolean;
	
	    static createFrom(source: any = {}) {
	        return new TypingRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.on = source["on"];
	    }
	}
	export class UnscheduleRequest {
	    id: string;
	
	    static createFrom(source: any = {}) {
	        return new UnscheduleRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	    }
	}
	export class UpdateRequest {
	    conversation_id: string;
	    pinned?: boolean;
	    muted?: boolean;
	    archived?: boolean;
	    hidden?: boolean;
	    marked_unread?: boolean;
	    join?: string;
	    leave?: string;
	
	    static createFrom(source: any = {}) {
	        return new UpdateRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.pinned = source["pinned"];
	        this.muted = source["muted"];
	        this.archived = source["archived"];
	        this.hidden = source["hidden"];
	        this.marked_unread = source["marked_unread"];
	        this.join = source["join"];
	        this.leave = source["leave"];
	    }
	}
	export class UserRequest {
	    user_id: string;
	
	    static createFrom(source: any = {}) {
	        return new UserRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.user_id = source["user_id"];
	    }
	}
	export class VersionsRequest {
	    conversation_id: string;
	    seq: number;
	
	    static createFrom(source: any = {}) {
	        return new VersionsRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.seq = source["seq"];
	    }
	}

}

export namespace protocol {
	
	export class Contact {
	    profile: Profile;
	    remark: string;
	    friend: boolean;
	    conversation_id: string;
	    since_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Contact(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.profile = this.convertValues(source["profile"], Profile);
	        this.remark = source["remark"];
	        this.friend = source["friend"];
	        this.conversation_id = source["conversation_id"];
	        this.since_ms = source["since_ms"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Profile {
	    id: string;
	    username: string;
	    nickname: string;
	
	    static createFrom(source: any = {}) {
	        return new Profile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.username = source["username"];
	        this.nickname = source["nickname"];
	    }
	}
	export class FriendRequest {
	    id: string;
	    from: Profile;
	    to: Profile;
	    message: string;
	    state: string;
	    created_ms: number;
	    expires_ms: number;
	    decided_ms?: number;
	
	    static createFrom(source: any = {}) {
	        return new FriendRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.from = this.convertValues(source["from"], Profile);
	        this.to = this.convertValues(source["to"], Profile);
	        this.message = source["message"];
	        this.state = source["state"];
	        this.created_ms = source["created_ms"];
	        this.expires_ms = source["expires_ms"];
	        this.decided_ms = source["decided_ms"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Asked {
	    request: FriendRequest;
	    contact?: Contact;
	
	    static createFrom(source: any = {}) {
	        return new Asked(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.request = this.convertValues(source["request"], FriendRequest);
	        this.contact = this.convertValues(source["contact"], Contact);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ChangePassword {
	    old: string;
	    new: string;
	    end_others: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ChangePassword(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.old = source["old"];
	        this.new = source["new"];
	        this.end_others = source["end_others"];
	    }
	}
	
	export class Device {
	    id: string;
	    name: string;
	    platform: string;
	    app_version?: string;
	    address: string;
	    created_ms: number;
	    active_ms: number;
	    current: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Device(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.platform = source["platform"];
	        this.app_version = source["app_version"];
	        this.address = source["address"];
	        this.created_ms = source["created_ms"];
	        this.active_ms = source["active_ms"];
	        this.current = source["current"];
	    }
	}
	export class Folder {
	    id: string;
	    name: string;
	
	    static createFrom(source: any = {}) {
	        return new Folder(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	    }
	}
	
	export class LinkClaim {
	    id: string;
	    name: string;
	    platform: string;
	    app_version?: string;
	    address: string;
	    asked_ms: number;
	    lives_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new LinkClaim(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.platform = source["platform"];
	        this.app_version = source["app_version"];
	        this.address = source["address"];
	        this.asked_ms = source["asked_ms"];
	        this.lives_ms = source["lives_ms"];
	    }
	}
	export class Me {
	    profile: Profile;
	    findable_by_nickname: boolean;
	    created_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Me(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.profile = this.convertValues(source["profile"], Profile);
	        this.findable_by_nickname = source["findable_by_nickname"];
	        this.created_ms = source["created_ms"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Presence {
	    user_id: string;
	    online: boolean;
	    last_seen_ms?: number;
	
	    static createFrom(source: any = {}) {
	        return new Presence(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.user_id = source["user_id"];
	        this.online = source["online"];
	        this.last_seen_ms = source["last_seen_ms"];
	    }
	}
	
	export class Reactions {
	    emoji: string;
	    users: string[];
	    seqs?: number[];
	
	    static createFrom(source: any = {}) {
	        return new Reactions(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.emoji = source["emoji"];
	        this.users = source["users"];
	        this.seqs = source["seqs"];
	    }
	}
	export class ServerInfo {
	    product: string;
	    name: string;
	    version: string;
	    protocol: number;
	    min_protocol: number;
	    registration: string;
	
	    static createFrom(source: any = {}) {
	        return new ServerInfo(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.product = source["product"];
	        this.name = source["name"];
	        this.version = source["version"];
	        this.protocol = source["protocol"];
	        this.min_protocol = source["min_protocol"];
	        this.registration = source["registration"];
	    }
	}
	export class UpdateMe {
	    nickname?: string;
	    findable_by_nickname?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new UpdateMe(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.nickname = source["nickname"];
	        this.findable_by_nickname = source["findable_by_nickname"];
	    }
	}
	export class UserCard {
	    profile: Profile;
	    relation: string;
	
	    static createFrom(source: any = {}) {
	        return new UserCard(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.profile = this.convertValues(source["profile"], Profile);
	        this.relation = source["relation"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace session {
	
	export class Account {
	    id: string;
	    server: string;
	    user_id: string;
	    username: string;
	    nickname: string;
	    last_used_ms: number;
	    remember: boolean;
	    auto: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Account(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.server = source["server"];
	        this.user_id = source["user_id"];
	        this.username = source["username"];
	        this.nickname = source["nickname"];
	        this.last_used_ms = source["last_used_ms"];
	        this.remember = source["remember"];
	        this.auto = source["auto"];
	    }
	}
	export class Ending {
	    account: Account;
	    reason: string;
	    by: string;
	    at_ms: number;
	    wiped: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Ending(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.account = this.convertValues(source["account"], Account);
	        this.reason = source["reason"];
	        this.by = source["by"];
	        this.at_ms = source["at_ms"];
	        this.wiped = source["wiped"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Link {
	    id: string;
	    server: string;
	    code: string;
	    address: string;
	    lives_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Link(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.server = source["server"];
	        this.code = source["code"];
	        this.address = source["address"];
	        this.lives_ms = source["lives_ms"];
	    }
	}
	export class Proxy {
	    kind: string;
	    address: string;
	    username: string;
	    password: string;
	
	    static createFrom(source: any = {}) {
	        return new Proxy(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.address = source["address"];
	        this.username = source["username"];
	        this.password = source["password"];
	    }
	}
	export class Settings {
	    language: string;
	    theme: string;
	    accent: string;
	    message_size: number;
	    compact: boolean;
	    ctrl_enter: boolean;
	    close_to_background: boolean;
	    notify: boolean;
	    notify_preview: boolean;
	    sound: boolean;
	    link_previews: boolean;
	    list_width: number;
	    secrets_told: boolean;
	    recent_emoji: string[];
	
	    static createFrom(source: any = {}) {
	        return new Settings(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.language = source["language"];
	        this.theme = source["theme"];
	        this.accent = source["accent"];
	        this.message_size = source["message_size"];
	        this.compact = source["compact"];
	        this.ctrl_enter = source["ctrl_enter"];
	        this.close_to_background = source["close_to_background"];
	        this.notify = source["notify"];
	        this.notify_preview = source["notify_preview"];
	        this.sound = source["sound"];
	        this.link_previews = source["link_previews"];
	        this.list_width = source["list_width"];
	        this.secrets_told = source["secrets_told"];
	        this.recent_emoji = source["recent_emoji"];
	    }
	}

}

export namespace store {
	
	export class Again {
	    text: string;
	    until_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Again(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.until_ms = source["until_ms"];
	    }
	}
	export class Preview {
	    kind: string;
	    text: string;
	    mine: boolean;
	    status: string;
	    created_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Preview(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.text = source["text"];
	        this.mine = source["mine"];
	        this.status = source["status"];
	        this.created_ms = source["created_ms"];
	    }
	}
	export class Conversation {
	    id: string;
	    kind: string;
	    peer: protocol.Profile;
	    remark: string;
	    friend: boolean;
	    last_seq: number;
	    read_seq: number;
	    peer_read_seq: number;
	    peer_delivered_seq: number;
	    unread: number;
	    preview: Preview;
	    draft: string;
	    draft_ref_seq: number;
	    draft_mentions: string[];
	    edit_seq: number;
	    edit_text: string;
	    sort_ms: number;
	    pins: number[];
	    pinned_ms: number;
	    muted: boolean;
	    archived: boolean;
	    hidden: boolean;
	    marked_unread: boolean;
	    mention_seq: number;
	    folders: string[];
	    empty: boolean;
	    clear_for_all: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Conversation(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.peer = this.convertValues(source["peer"], protocol.Profile);
	        this.remark = source["remark"];
	        this.friend = source["friend"];
	        this.last_seq = source["last_seq"];
	        this.read_seq = source["read_seq"];
	        this.peer_read_seq = source["peer_read_seq"];
	        this.peer_delivered_seq = source["peer_delivered_seq"];
	        this.unread = source["unread"];
	        this.preview = this.convertValues(source["preview"], Preview);
	        this.draft = source["draft"];
	        this.draft_ref_seq = source["draft_ref_seq"];
	        this.draft_mentions = source["draft_mentions"];
	        this.edit_seq = source["edit_seq"];
	        this.edit_text = source["edit_text"];
	        this.sort_ms = source["sort_ms"];
	        this.pins = source["pins"];
	        this.pinned_ms = source["pinned_ms"];
	        this.muted = source["muted"];
	        this.archived = source["archived"];
	        this.hidden = source["hidden"];
	        this.marked_unread = source["marked_unread"];
	        this.mention_seq = source["mention_seq"];
	        this.folders = source["folders"];
	        this.empty = source["empty"];
	        this.clear_for_all = source["clear_for_all"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ConversationHit {
	    conversation: Conversation;
	    name: text.Part[];
	    detail: text.Part[];
	
	    static createFrom(source: any = {}) {
	        return new ConversationHit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation = this.convertValues(source["conversation"], Conversation);
	        this.name = this.convertValues(source["name"], text.Part);
	        this.detail = this.convertValues(source["detail"], text.Part);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Healed {
	    how: string;
	    at_ms: number;
	    copy_ms: number;
	    aside: string;
	    unsent: number;
	
	    static createFrom(source: any = {}) {
	        return new Healed(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.how = source["how"];
	        this.at_ms = source["at_ms"];
	        this.copy_ms = source["copy_ms"];
	        this.aside = source["aside"];
	        this.unsent = source["unsent"];
	    }
	}
	export class Link {
	    url: string;
	    until_ms: number;
	    title: string;
	    description: string;
	    site: string;
	    host: string;
	
	    static createFrom(source: any = {}) {
	        return new Link(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.url = source["url"];
	        this.until_ms = source["until_ms"];
	        this.title = source["title"];
	        this.description = source["description"];
	        this.site = source["site"];
	        this.host = source["host"];
	    }
	}
	export class RecordLine {
	    name: string;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new RecordLine(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.text = source["text"];
	    }
	}
	export class RecordCard {
	    names: string[];
	    lines: RecordLine[];
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new RecordCard(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.names = source["names"];
	        this.lines = this.convertValues(source["lines"], RecordLine);
	        this.count = source["count"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Quote {
	    seq: number;
	    here: boolean;
	    kind: string;
	    sender: string;
	    mine: boolean;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new Quote(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	        this.here = source["here"];
	        this.kind = source["kind"];
	        this.sender = source["sender"];
	        this.mine = source["mine"];
	        this.text = source["text"];
	    }
	}
	export class Message {
	    id: string;
	    conversation_id: string;
	    seq: number;
	    kind: string;
	    sender: string;
	    mine: boolean;
	    text: string;
	    created_ms: number;
	    status: string;
	    error_code: string;
	    quote?: Quote;
	    forwarded: string;
	    edited_ms: number;
	    refused: string;
	    refused_act: string;
	    refused_text: string;
	    waiting: string;
	    silent: boolean;
	    starred_ms: number;
	    reactions: protocol.Reactions[];
	    card?: RecordCard;
	    link?: Link;
	    again?: Again;
	    recall_until_ms: number;
	    edit_until_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Message(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.conversation_id = source["conversation_id"];
	        this.seq = source["seq"];
	        this.kind = source["kind"];
	        this.sender = source["sender"];
	        this.mine = source["mine"];
	        this.text = source["text"];
	        this.created_ms = source["created_ms"];
	        this.status = source["status"];
	        this.error_code = source["error_code"];
	        this.quote = this.convertValues(source["quote"], Quote);
	        this.forwarded = source["forwarded"];
	        this.edited_ms = source["edited_ms"];
	        this.refused = source["refused"];
	        this.refused_act = source["refused_act"];
	        this.refused_text = source["refused_text"];
	        this.waiting = source["waiting"];
	        this.silent = source["silent"];
	        this.starred_ms = source["starred_ms"];
	        this.reactions = this.convertValues(source["reactions"], protocol.Reactions);
	        this.card = this.convertValues(source["card"], RecordCard);
	        this.link = this.convertValues(source["link"], Link);
	        this.again = this.convertValues(source["again"], Again);
	        this.recall_until_ms = source["recall_until_ms"];
	        this.edit_until_ms = source["edit_until_ms"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Hit {
	    message: Message;
	    snippet: text.Part[];
	
	    static createFrom(source: any = {}) {
	        return new Hit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.message = this.convertValues(source["message"], Message);
	        this.snippet = this.convertValues(source["snippet"], text.Part);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Hits {
	    hits: Hit[];
	    cursor: string;
	    indexing: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Hits(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.hits = this.convertValues(source["hits"], Hit);
	        this.cursor = source["cursor"];
	        this.indexing = source["indexing"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class Page {
	    messages: Message[];
	    more_before: boolean;
	    more_after: boolean;
	    missing: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Page(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.messages = this.convertValues(source["messages"], Message);
	        this.more_before = source["more_before"];
	        this.more_after = source["more_after"];
	        this.missing = source["missing"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class PersonHit {
	    contact: protocol.Contact;
	    name: text.Part[];
	    detail: text.Part[];
	
	    static createFrom(source: any = {}) {
	        return new PersonHit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.contact = this.convertValues(source["contact"], protocol.Contact);
	        this.name = this.convertValues(source["name"], text.Part);
	        this.detail = this.convertValues(source["detail"], text.Part);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class RecordItem {
	    name: string;
	    created_ms: number;
	    kind: string;
	    text: string;
	    forwarded: string;
	    card?: RecordCard;
	
	    static createFrom(source: any = {}) {
	        return new RecordItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.created_ms = source["created_ms"];
	        this.kind = source["kind"];
	        this.text = source["text"];
	        this.forwarded = source["forwarded"];
	        this.card = this.convertValues(source["card"], RecordCard);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Record {
	    names: string[];
	    items: RecordItem[];
	
	    static createFrom(source: any = {}) {
	        return new Record(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.names = source["names"];
	        this.items = this.convertValues(source["items"], RecordItem);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	
	export class Scheduled {
	    id: string;
	    conversation_id: string;
	    kind: string;
	    text: string;
	    card?: RecordCard;
	    ref_seq: number;
	    silent: boolean;
	    at_ms: number;
	    waiting: boolean;
	    error_code: string;
	
	    static createFrom(source: any = {}) {
	        return new Scheduled(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.conversation_id = source["conversation_id"];
	        this.kind = source["kind"];
	        this.text = source["text"];
	        this.card = this.convertValues(source["card"], RecordCard);
	        this.ref_seq = source["ref_seq"];
	        this.silent = source["silent"];
	        this.at_ms = source["at_ms"];
	        this.waiting = source["waiting"];
	        this.error_code = source["error_code"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Starred {
	    conversation_id: string;
	    seq: number;
	    starred_ms: number;
	    message?: Message;
	
	    static createFrom(source: any = {}) {
	        return new Starred(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation_id = source["conversation_id"];
	        this.seq = source["seq"];
	        this.starred_ms = source["starred_ms"];
	        this.message = this.convertValues(source["message"], Message);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class StarredPage {
	    items: Starred[];
	    cursor: string;
	    reading: boolean;
	
	    static createFrom(source: any = {}) {
	        return new StarredPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.items = this.convertValues(source["items"], Starred);
	        this.cursor = source["cursor"];
	        this.reading = source["reading"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Version {
	    text: string;
	    since_ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Version(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.since_ms = source["since_ms"];
	    }
	}

}

export namespace text {
	
	export class Part {
	    text: string;
	    hit: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Part(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.hit = source["hit"];
	    }
	}

}

